import charLsWasm from '@cornerstonejs/codec-charls/decodewasm?url';
import libJpegWasm from '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm?url';
import openJpegWasm from '@cornerstonejs/codec-openjpeg/decodewasm?url';
import type {
  CharLsModule,
  Codecs,
  LibJpegModule,
  OpenJpegModule,
  WasmModuleFactory,
} from '../../../../../shared/dicom/pixels/codecs.ts';

/** Codecs of the browser's worker: each is fetched when the first image needs it, and kept. */
export function browserCodecs(): Codecs {
  return {
    openJpeg: once(async () => {
      const { default: factory } = await import('@cornerstonejs/codec-openjpeg/decodewasmjs');
      return start<OpenJpegModule>(factory, openJpegWasm);
    }),
    charLs: once(async () => {
      const { default: factory } = await import('@cornerstonejs/codec-charls/decodewasmjs');
      return start<CharLsModule>(factory, charLsWasm);
    }),
    libJpeg: once(async () => {
      const { default: factory } = await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs');
      return start<LibJpegModule>(factory, libJpegWasm);
    }),
    jpegLossless: () => import('jpeg-lossless-decoder-js'),
  };
}

function start<Module>(factory: WasmModuleFactory<Module>, url: string): Promise<Module> {
  // The codecs print warnings about odd streams; the caller learns of them by the result.
  return factory({ locateFile: () => url, print: () => undefined, printErr: () => undefined });
}

function once<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loading: Promise<Module> | undefined;
  return () => {
    loading ??= load().catch((thrown: unknown) => {
      // A codec that could not be fetched on a bad line may be had a moment later.
      loading = undefined;
      throw thrown;
    });
    return loading;
  };
}
