import { describe, expect, test } from '@jest/globals';
import { startJpegCodec } from '../../../server/ecg/paper/jpeg-codec.ts';
import { readJpeg } from '../../../server/ecg/paper/read-jpeg.ts';
import type { EightBitPicture } from '../../../server/platform/pictures/eight-bit-picture.ts';
import { encodeJpeg } from '../../../server/platform/pictures/jpeg-encoder.ts';

const codec = await startJpegCodec();

type Paint = (x: number, y: number, channel: number) => number;
/** Slow changes and a sharp edge, as in a photograph. */
const scene: Paint = (x, y, channel) => 128 + 90 * Math.sin(x / 17 + channel) * Math.cos(y / 13) + (x > y ? 20 : -20);
const noise: Paint = (x, y, channel) => ((x * 7919 + y * 104_729 + channel * 1_299_709) * 2_654_435_761) % 256;

function paint(columns: number, rows: number, channels: 1 | 3, of: Paint): EightBitPicture {
  const samples = new Uint8Array(columns * rows * channels);
  for (let at = 0; at < samples.length; at += 1) {
    const pixel = Math.floor(at / channels);
    samples[at] = of(pixel % columns, Math.floor(pixel / columns), at % channels);
  }
  return { columns, rows, channels, samples };
}

/** Peak signal-to-noise ratio of the coded picture as another decoder shows it, in dB. */
function psnr(picture: EightBitPicture, quality: number): number {
  const { raster } = readJpeg(encodeJpeg(picture, quality), codec);
  expect([raster.width, raster.height]).toEqual([picture.columns, picture.rows]);
  let sum = 0;
  for (let at = 0; at < raster.rgb.length; at += 1) {
    const from = picture.channels === 3 ? at : Math.floor(at / 3);
    sum += (raster.rgb[at]! - picture.samples[from]!) ** 2;
  }
  return 10 * Math.log10(255 ** 2 / (sum / raster.rgb.length));
}

describe('[WR4] baseline JPEG', () => {
  test.each([1, 3] as const)('[ITU-T T.81, A.3] of %i components is what another decoder shows', (channels) => {
    const picture = paint(203, 150, channels, scene);
    expect(psnr(picture, 90)).toBeGreaterThan(40);
    expect(psnr(picture, 50)).toBeGreaterThan(32);
    expect(encodeJpeg(picture, 50).length).toBeLessThan(encodeJpeg(picture, 90).length);
  });

  test.each([1, 3] as const)(
    '[ITU-T T.81, A.3.3] of %i even components keeps them, and what follows them',
    (channels) => {
      for (const value of [0, 77, 128, 255])
        expect(
          psnr(
            paint(40, 24, channels, (x) => (x < 20 ? value : 255 - value)),
            90,
          ),
        ).toBeGreaterThan(40);
    },
  );

  test.each([
    [1, 1],
    [7, 9],
    [8, 8],
    [64, 3],
  ])('[ITU-T T.81, A.2.4] of %i by %i pixels ends where the picture ends', (columns, rows) => {
    for (const channels of [1, 3] as const) expect(psnr(paint(columns, rows, channels, scene), 95)).toBeGreaterThan(30);
  });

  test('[ITU-T T.81, F.1.2.3] of noise keeps within its code, at every quality', () => {
    const picture = paint(97, 61, 3, noise);
    for (const quality of [1, 50, 100]) expect(psnr(picture, quality)).toBeGreaterThan(5);
    expect(psnr(picture, 100)).toBeGreaterThan(40);
    const edges = paint(64, 64, 1, (x, y) => ((x + y) % 2) * 255);
    expect(psnr(edges, 100)).toBeGreaterThan(40);
  });
});
