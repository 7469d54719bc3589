import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type {
  CharLsModule,
  Codecs,
  LibJpegModule,
  OpenJpegModule,
  WasmFrameInfo,
  WasmModuleFactory,
} from '../../shared/dicom/pixels/codecs.ts';

const require = createRequire(import.meta.url);

/** Starts a WebAssembly codec out of its package, once. */
function startCodec<Module>(wasmPath: string): () => Promise<Module> {
  let loading: Promise<Module> | undefined;
  return () => {
    loading ??= (require(wasmPath.replace(/wasm$/, 'wasmjs')) as WasmModuleFactory<Module>)({
      wasmBinary: new Uint8Array(readFileSync(require.resolve(wasmPath))),
      print: () => undefined,
      printErr: () => undefined,
    });
    return loading;
  };
}

/** CharLS with its encoder, which the viewer never loads. */
export interface CharLsEncoderModule {
  JpegLSEncoder: new () => {
    getDecodedBuffer(info: WasmFrameInfo): Uint8Array;
    encode(): void;
    getEncodedBuffer(): Uint8Array;
    delete(): void;
  };
}
export const charLsEncoder = startCodec<CharLsEncoderModule>('@cornerstonejs/codec-charls/wasm');

/** The viewer's codecs as Node starts them. For worker threads only. */
export const nodeCodecs: Codecs = {
  openJpeg: startCodec<OpenJpegModule>('@cornerstonejs/codec-openjpeg/decodewasm'),
  charLs: startCodec<CharLsModule>('@cornerstonejs/codec-charls/decodewasm'),
  libJpeg: startCodec<LibJpegModule>('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm'),
  jpegLossless: () => import('jpeg-lossless-decoder-js'),
};
