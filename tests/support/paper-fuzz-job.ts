import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { straightenPaper } from '../../server/ecg/paper/paper-job.ts';
import { eightBitPictureOf, type Raster } from '../../server/ecg/paper/raster.ts';
import { encodeJpeg } from '../../server/platform/pictures/jpeg-encoder.ts';
import type { ThreadJob } from '../../server/platform/threads/thread-pool.ts';
import { randomSource } from '../../shared/ecg/random-source.ts';
import { mutate } from './ecg-fuzz/mutators.ts';
import { drawSheet } from './paper-pictures.ts';

export const pictureKinds = ['jpeg', 'png', 'pdf'] as const;
export interface PaperBatch {
  kind: (typeof pictureKinds)[number];
  from: number;
  count: number;
}
export interface PaperBatchResult {
  /** How many ended how: `read`, or a refusal's code. */
  ends: Record<string, number>;
  failures: string[];
  slowestMs: number;
}

/** PNG (Third Edition) 5.3: length, type, data, checksum. */
function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** `change` acts on what lies under the checksums and the compression: readers look no further where those are wrong. */
function writePng({ width, height, rgb }: Raster, change = (part: Uint8Array) => part): Uint8Array {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y += 1) {
    rows.set(rgb.subarray(y * width * 3, (y + 1) * width * 3), y * (1 + width * 3) + 1);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    ...[chunk('IHDR', change(header)), chunk('IDAT', deflateSync(change(rows))), chunk('IEND', Buffer.alloc(0))],
  ]);
}

/** ISO 32000-1, 7.5: one page that is filled by a picture; without a table of references, which readers rebuild. */
function writePdf(jpeg: Uint8Array, { width, height }: Raster): Uint8Array {
  const content = 'q 460 0 0 300 0 0 cm /P Do Q';
  const image = `/Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode`;
  return Buffer.concat([
    Buffer.from(
      '%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n' +
        '2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n' +
        '3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 460 300] /Contents 4 0 R /Resources << /XObject << /P 5 0 R >> >> >> endobj\n' +
        `4 0 obj << /Length ${content.length} >> stream\n${content}\nendstream endobj\n` +
        `5 0 obj << /Type /XObject ${image} /Length ${jpeg.length} >> stream\n`,
      'latin1',
    ),
    jpeg,
    Buffer.from('\nendstream endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n', 'latin1'),
  ]);
}

/** Reads `count` changed files of a kind as an upload does; the same numbers give the same files. */
export async function fuzzPaper({ kind, from, count }: PaperBatch): Promise<PaperBatchResult> {
  const sheet = drawSheet({ widthMm: 130, heightMm: 80 }, 4);
  const jpeg = Uint8Array.from(encodeJpeg(eightBitPictureOf(sheet), 50));
  const files = { jpeg, png: writePng(sheet), pdf: writePdf(jpeg, sheet) };
  const others = Object.values(files);
  const folder = mkdtempSync(join(tmpdir(), 'paper-fuzz-'));
  const result: PaperBatchResult = { ends: {}, failures: [], slowestMs: 0 };
  try {
    for (let number = from; number < from + count; number += 1) {
      const path = join(folder, 'picture');
      const random = randomSource(number);
      writeFileSync(
        path,
        kind === 'png' && number % 2 === 0
          ? writePng(sheet, (part) => (random() < 0.6 ? mutate(part, others, random) : part))
          : mutate(files[kind], others, random),
      );
      const start = performance.now();
      let end = 'read';
      try {
        await straightenPaper({ path });
      } catch (thrown) {
        const { name, code, message } = thrown as Error & { code?: string };
        end = code ?? 'none';
        if (name !== 'PaperRefusal') result.failures.push(`${kind} ${number}: ${name} ${message.slice(0, 200)}`);
      }
      result.ends[end] = (result.ends[end] ?? 0) + 1;
      result.slowestMs = Math.max(result.slowestMs, performance.now() - start);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return result;
}

export const fuzzPaperJob: ThreadJob<PaperBatch, PaperBatchResult> = {
  moduleUrl: import.meta.url,
  exportName: 'fuzzPaper',
  timeoutMs: 600_000,
  endsThread: true,
};
