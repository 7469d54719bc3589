import { readFileSync } from 'node:fs';
import { encodeJpeg } from '../../platform/pictures/jpeg-encoder.ts';
import type { ThreadJob } from '../../platform/threads/thread-pool.ts';
import { startJpegCodec } from './jpeg-codec.ts';
import { PaperRefusal } from './paper-refusal.ts';
import { pictureKind } from './picture-kind.ts';
import { eightBitPictureOf, type Raster } from './raster.ts';
import { readJpeg } from './read-jpeg.ts';
import { readPaper, type StraightPaper } from './read-paper.ts';
import { readPng } from './read-png.ts';
import { renderPdf } from './render-pdf.ts';

// Runs in a worker thread of its own: the bytes are a stranger's.

/** One straightened page, as a JPEG. */
export interface PaperPage {
  jpeg: Uint8Array;
  widthPx: number;
  heightPx: number;
  pxPerMm: number;
  residualMm: number;
  gridShare: number;
}

export interface PaperSummary {
  pages: PaperPage[];
  /** As the camera states it, ISO 8601, often without an offset. */
  acquiredAt: string | null;
  warnings: string[];
}

const quality = 84;
const mostBytes = 32 * 1024 * 1024;

/** Straightens a photograph, scan or PDF of ECG paper. Of a PDF, its pages that are no ECG are left out. */
export async function straightenPaper({ path }: { path: string }): Promise<PaperSummary> {
  const bytes = new Uint8Array(readFileSync(path));
  if (bytes.length > mostBytes) throw new PaperRefusal('too-large', `A picture of ${bytes.length} bytes`);
  switch (pictureKind(bytes)) {
    case 'jpeg': {
      const { raster, takenAt } = readJpeg(bytes, await startJpegCodec());
      return summaryOf([readPaper(raster)], takenAt);
    }
    case 'png':
      return summaryOf([readPaper(await readPng(bytes))], null);
    case 'pdf':
      return summaryOf(await readPages(renderPdf(bytes)), null);
    case null:
      throw new PaperRefusal('unsupported', 'No picture');
  }
}

async function readPages(rasters: AsyncGenerator<Raster>): Promise<StraightPaper[]> {
  const papers: StraightPaper[] = [];
  let refusal: PaperRefusal | null = null;
  try {
    for await (const raster of rasters) {
      try {
        papers.push(readPaper(raster));
      } catch (thrown) {
        if (!(thrown instanceof PaperRefusal)) throw thrown;
        refusal ??= thrown;
      }
    }
  } catch (thrown) {
    // The renderer stops dead where its memory ends or a page breaks it.
    if (thrown instanceof PaperRefusal) throw thrown;
    throw new PaperRefusal('damaged', 'PDF: it cannot be drawn');
  }
  if (papers.length === 0) throw refusal ?? new PaperRefusal('damaged', 'PDF without a page');
  return papers;
}

function summaryOf(papers: readonly StraightPaper[], acquiredAt: string | null): PaperSummary {
  const warnings = new Set<string>();
  for (const { lines } of papers) {
    if (lines === 'fives') warnings.add('The paper shows one spacing of lines only; it was taken for 5 mm');
    if (lines === 'millimetres') warnings.add('The paper shows one spacing of lines only; it was taken for 1 mm');
  }
  return {
    pages: papers.map(({ picture, pxPerMm, residualMm, gridShare }) => ({
      jpeg: encodeJpeg(eightBitPictureOf(picture), quality),
      widthPx: picture.width,
      heightPx: picture.height,
      pxPerMm,
      residualMm: Math.round(residualMm * 1000) / 1000,
      gridShare: Math.round(gridShare * 1000) / 1000,
    })),
    acquiredAt,
    warnings: [...warnings],
  };
}

export const straightenPaperJob: ThreadJob<{ path: string }, PaperSummary> = {
  moduleUrl: import.meta.url,
  exportName: 'straightenPaper',
  timeoutMs: 40_000,
  endsThread: true,
};
