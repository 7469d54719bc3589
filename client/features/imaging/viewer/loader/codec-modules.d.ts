declare module '@cornerstonejs/codec-openjpeg/decodewasmjs' {
  import type { OpenJpegModule, WasmModuleFactory } from '../../../../../shared/dicom/pixels/codecs.ts';
  const factory: WasmModuleFactory<OpenJpegModule>;
  export default factory;
}
declare module '@cornerstonejs/codec-charls/decodewasmjs' {
  import type { CharLsModule, WasmModuleFactory } from '../../../../../shared/dicom/pixels/codecs.ts';
  const factory: WasmModuleFactory<CharLsModule>;
  export default factory;
}
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  import type { LibJpegModule, WasmModuleFactory } from '../../../../../shared/dicom/pixels/codecs.ts';
  const factory: WasmModuleFactory<LibJpegModule>;
  export default factory;
}
// The package has types, but its exports do not lead a modern resolver to them.
declare module 'jpeg-lossless-decoder-js' {
  export class Decoder {
    decode(buffer: ArrayBuffer, offset: number, length: number, bytesPerSample: number): Uint8Array | Uint16Array;
  }
}
