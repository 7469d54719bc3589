import { longestWholeSeconds } from '../../shared/contracts/ecg.ts';
import type { ActionContext } from '../platform/context.ts';
import type { EcgSummary } from './ecg-job.ts';
import type { EcgFields } from './ecg-record.ts';
import { overviewJob } from './overview-job.ts';

const mostBytes = 16 * 1024 * 1024;

/** Makes the overview of a long recording durable and says what stands for it in the record; null for a short one. */
export async function keepOverview(
  path: string,
  { durationSeconds, format }: Pick<EcgSummary, 'durationSeconds' | 'format'>,
  { hub }: Pick<ActionContext, 'hub'>,
): Promise<EcgFields['overview']> {
  if (format === 'paper-image' || durationSeconds <= longestWholeSeconds) return null;
  const json = await hub.threads.run(overviewJob, { path });
  const staged = await hub.blobs.receive([json], { maxBytes: mostBytes });
  await staged.keep();
  return { sha256: staged.sha256, byteLength: staged.byteLength };
}
