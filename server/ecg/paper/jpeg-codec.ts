import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import factory from '@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs';
import { capWasmMemory } from './cap-wasm-memory.ts';
import { pictureLimits } from './raster.ts';

interface FrameInfo {
  width: number;
  height: number;
  componentCount: number;
}

export interface JpegModule {
  JPEGDecoder: new () => {
    getEncodedBuffer(length: number): Uint8Array;
    decode(): void;
    getFrameInfo(): FrameInfo;
    getDecodedBuffer(): Uint8Array;
    delete(): void;
  };
}

export type JpegFactory = (options: {
  wasmBinary: Uint8Array;
  print: () => void;
  printErr: () => void;
}) => Promise<JpegModule>;

const wasmPath = createRequire(import.meta.url).resolve('@cornerstonejs/codec-libjpeg-turbo-8bit/wasm');

/** libjpeg-turbo in a memory of its own, with an end; it is given back with the thread that it runs in. */
export function startJpegCodec(): Promise<JpegModule> {
  return factory({
    wasmBinary: capWasmMemory(readFileSync(wasmPath), pictureLimits.codecMemoryPages),
    print: () => undefined,
    printErr: () => undefined,
  });
}
