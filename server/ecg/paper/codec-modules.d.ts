declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs' {
  import type { JpegFactory } from './jpeg-codec.ts';
  const factory: JpegFactory;
  export default factory;
}
