import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type {
  CharLsModule,
  Codecs,
  LibJpegModule,
  OpenJpegModule,
  WasmModuleFactory,
} from '../../../shared/dicom/pixels/codecs.ts';

const require = createRequire(import.meta.url);

/** The viewer's WebAssembly codecs, read from disk. */
export function nodeCodecs(): Codecs {
  return {
    openJpeg: start<OpenJpegModule>('@cornerstonejs/codec-openjpeg/decodewasm'),
    charLs: start<CharLsModule>('@cornerstonejs/codec-charls/decodewasm'),
    libJpeg: start<LibJpegModule>('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm'),
    jpegLossless: () => import('jpeg-lossless-decoder-js'),
  };
}

/** The same codecs with their encoders, to make test images with. */
export async function nodeEncoder(name: 'openjpeg' | 'charls' | 'libjpeg-turbo-8bit'): Promise<EncoderModule> {
  return start<EncoderModule>(`@cornerstonejs/codec-${name}/wasm`)();
}

export interface WasmEncoder {
  getDecodedBuffer(info: {
    width: number;
    height: number;
    bitsPerSample: number;
    componentCount: number;
    isSigned: boolean;
    isUsingColorTransform?: boolean;
  }): Uint8Array;
  encode(): void;
  getEncodedBuffer(): Uint8Array;
  setDecompositions?(levels: number): void;
  setQuality?(lossless: boolean, quality: number): void;
  delete(): void;
}

export interface EncoderModule {
  J2KEncoder: new () => WasmEncoder;
  JpegLSEncoder: new () => WasmEncoder;
  JPEGEncoder: new () => WasmEncoder;
}

function start<Module>(wasmPath: string): () => Promise<Module> {
  let loading: Promise<Module> | undefined;
  return () => {
    const factory = require(wasmPath.replace(/wasm$/, 'wasmjs')) as WasmModuleFactory<Module>;
    loading ??= factory({
      wasmBinary: new Uint8Array(readFileSync(require.resolve(wasmPath))),
      print: () => undefined,
      printErr: () => undefined,
    });
    return loading;
  };
}
