import type { CriticalValueView } from '../../../shared/contracts/critical-values.ts';
import type { TimelineNodeKind } from '../../../shared/contracts/timeline.ts';
import type { ActionContext } from '../../platform/context.ts';
import { changeVersion } from '../../platform/store/change-version.ts';
import { recordTimelineNode } from '../../timeline/record-timeline-node.ts';
import { changeConsult } from '../change-consult.ts';
import type { ReadingConsult } from '../consult-record.ts';
import { loadAnyConsult } from '../find-consult.ts';
import { closeRead } from '../reading/close-read.ts';
import { releaseReadingKey } from '../reading/open-reading-key.ts';
import { tellReadingChanged } from '../reading/view-reading.ts';
import { criticalValueRecord, type CriticalValueFields } from './critical-value-record.ts';
import { tellCriticalValueChanged } from './view-critical-value.ts';

/** One atomic step from the version that was read; both sides are told. Throws version-conflict. */
export async function changeCriticalValue(
  before: CriticalValueFields,
  change: Partial<CriticalValueFields>,
  context: Pick<ActionContext, 'store' | 'notify'>,
): Promise<CriticalValueView> {
  return tellCriticalValueChanged(await changeVersion(criticalValueRecord, before, change, context), context);
}

/** A case with a room keeps the step in its timeline; a reading has none. */
export async function recordStep(
  { consultId, consultKind }: Pick<CriticalValueFields, 'consultId' | 'consultKind'>,
  kind: Extract<TimelineNodeKind, `critical-value-${string}`>,
  context: ActionContext,
  byName?: string,
): Promise<void> {
  if (consultKind === 'urgent') await recordTimelineNode({ consultId, kind, source: 'person', byName }, context);
}

/**
 * One critical value less holds its consult open. A reading whose report is final and that waited only for this closes
 * by itself.
 */
export async function releaseConsult(consultId: string, context: ActionContext): Promise<void> {
  const before = await loadAnyConsult(consultId, context);
  const openCriticalValues = Math.max(0, (before.openCriticalValues ?? 0) - 1);
  if (before.kind === 'urgent') {
    await changeConsult(before, { openCriticalValues }, context);
    return;
  }
  const closes = before.open && openCriticalValues === 0 && before.reading.stage === 'critical-value-open';
  const change: Partial<ReadingConsult> = { openCriticalValues, ...(closes && closeRead(before.reading, context)) };
  const after = await changeConsult(before, change, context);
  if (closes) await releaseReadingKey(after, context);
  await tellReadingChanged(after, context);
}
