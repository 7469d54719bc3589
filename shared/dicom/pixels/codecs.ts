/**
 * The WebAssembly codecs, as far as the loader uses them. Who starts them differs (a worker fetches the module, Node
 * reads it from disk), so decoding is given a `Codecs` and knows nothing of URLs.
 */
export interface WasmFrameInfo {
  width: number;
  height: number;
  bitsPerSample: number;
  componentCount: number;
  isSigned?: boolean;
}

export interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): WasmFrameInfo;
  /** CharLS only: 0 planar, 1 by line, 2 by sample. */
  getInterleaveMode?(): number;
  delete(): void;
}

export interface OpenJpegModule {
  J2KDecoder: new () => WasmDecoder;
}
export interface CharLsModule {
  JpegLSDecoder: new () => WasmDecoder;
}
export interface LibJpegModule {
  JPEGDecoder: new () => WasmDecoder;
}

/** JPEG Lossless is written in JavaScript. */
export interface JpegLosslessModule {
  Decoder: new () => {
    decode(buffer: ArrayBuffer, offset: number, length: number, bytesPerSample: number): Uint8Array | Uint16Array;
  };
}

export interface Codecs {
  openJpeg(): Promise<OpenJpegModule>;
  charLs(): Promise<CharLsModule>;
  libJpeg(): Promise<LibJpegModule>;
  jpegLossless(): Promise<JpegLosslessModule>;
}

/** What an Emscripten factory takes: either where its .wasm lies, or the bytes themselves. */
export interface WasmModuleOptions {
  locateFile?: (name: string) => string;
  wasmBinary?: Uint8Array;
  print?: (line: string) => void;
  printErr?: (line: string) => void;
}
export type WasmModuleFactory<Module> = (options: WasmModuleOptions) => Promise<Module>;
