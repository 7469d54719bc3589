import { charLsEncoder } from '../node-codecs.ts';
import type { PictureCoder } from './pack-instance.ts';

/** JPEG-LS without loss (ISO/IEC 14495-1) by CharLS. For worker threads only. */
export async function openPictureCoder(): Promise<PictureCoder> {
  const { JpegLSEncoder } = await charLsEncoder();
  return {
    encode({ samples, form, precision }) {
      const encoder = new JpegLSEncoder();
      try {
        const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
        const { columns: width, lines: height } = form;
        encoder.getDecodedBuffer({ width, height, bitsPerSample: precision, componentCount: 1 }).set(bytes);
        encoder.encode();
        // Out of the codec's memory, which is given back below.
        return new Uint8Array(encoder.getEncodedBuffer());
      } finally {
        encoder.delete();
      }
    },
  };
}
