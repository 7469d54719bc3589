import { open } from 'node:fs/promises';
import type { ErrorCode } from '../../shared/contracts/errors.ts';
import type { StagedBlob } from '../platform/blobs/blob-store.ts';
import type { ActionContext } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import type { EcgSummary } from './ecg-job.ts';
import type { EcgImageFields } from './ecg-record.ts';
import { straightenPaperJob, type PaperSummary } from './paper/paper-job.ts';
import { pictureKind } from './paper/picture-kind.ts';

const refusals: Record<string, ErrorCode> = {
  damaged: 'ecg-damaged',
  unsupported: 'not-an-ecg',
  'too-large': 'too-large',
  'pdf-locked': 'pdf-locked',
  'paper-no-grid': 'paper-no-grid',
  'paper-too-blurred': 'paper-too-blurred',
  'paper-too-small': 'paper-too-small',
  'paper-too-skewed': 'paper-too-skewed',
  'paper-glare': 'paper-glare',
};
const mostPictureBytes = 40 * 1024 * 1024;

/** Told by its first bytes alone, which is all that the serving thread looks at. */
export async function isPicture(file: StagedBlob): Promise<boolean> {
  const handle = await open(file.path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(16), 0, 16, 0);
    return pictureKind(buffer.subarray(0, bytesRead)) !== null;
  } finally {
    await handle.close();
  }
}

export interface TakenPaper {
  summary: EcgSummary;
  /** Makes the straightened pages durable and says what stands for them in the record. */
  keep(): Promise<EcgImageFields>;
}

/** An ECG on paper: no leads, no samples, nothing measured; a straight picture in true millimetres. */
export async function takePaper(file: StagedBlob, { hub }: Pick<ActionContext, 'hub'>): Promise<TakenPaper> {
  let paper: PaperSummary;
  try {
    paper = await hub.threads.run(straightenPaperJob, { path: file.path });
  } catch (thrown) {
    const { name, code, message } = thrown as Error & { code?: unknown };
    const refusal = refusals[String(code)];
    if (name !== 'PaperRefusal' || refusal === undefined) throw thrown;
    throw new HubError(refusal, { where: message });
  }
  return {
    summary: {
      format: 'paper-image',
      patient: null,
      acquiredAt: paper.acquiredAt,
      device: null,
      leadNames: [],
      durationSeconds: 0,
      detectedHeartRatePerMinute: null,
      measurements: {},
      statements: [],
      warnings: paper.warnings,
      preRead: null,
    },
    async keep() {
      const pages: EcgImageFields['pages'] = [];
      for (const { jpeg, ...page } of paper.pages) {
        const staged = await hub.blobs.receive([jpeg], { maxBytes: mostPictureBytes });
        await staged.keep();
        pages.push({ ...page, sha256: staged.sha256, byteLength: staged.byteLength });
      }
      return { pages };
    },
  };
}
