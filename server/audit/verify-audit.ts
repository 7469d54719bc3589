import type { Store } from '../platform/store/store.ts';
import { CHAIN_START, checkpointHolds, entryHash, type Checkpoint } from './audit-chain.ts';
import { auditRecord } from './audit-record.ts';

export interface AuditVerification {
  sealed: number;
  unsealed: number;
  /** Each edit, gap or cut-off tail, in plain words; empty when the chain holds. */
  problems: string[];
}

/** Walks the whole chain and compares its end with the keyed checkpoint. */
export async function verifyAudit(options: {
  store: Store;
  checkpoint: Checkpoint | null;
  key: string;
}): Promise<AuditVerification> {
  const model = options.store.model(auditRecord);
  const problems: string[] = [];
  let sequence = 0;
  let head = CHAIN_START;
  let headAtCheckpoint = options.checkpoint?.count === 0 ? CHAIN_START : null;
  for await (const entry of model
    .find({ sequence: { $ne: null } })
    .sort({ sequence: 1 })
    .lean()
    .cursor()) {
    sequence += 1;
    if (entry.sequence !== sequence) {
      problems.push(`entry ${sequence} is missing (next found: ${entry.sequence})`);
      sequence = entry.sequence!;
    } else if (entryHash(entry, sequence, head) !== entry.hash) problems.push(`entry ${sequence} was changed`);
    head = entry.hash ?? '';
    if (sequence === options.checkpoint?.count) headAtCheckpoint = head;
  }
  if (options.checkpoint === null) {
    if (sequence > 0) problems.push('the checkpoint is missing');
  } else if (!checkpointHolds(options.checkpoint, options.key)) problems.push('the checkpoint was changed');
  else if (options.checkpoint.count > sequence)
    problems.push(`the end is cut off: ${options.checkpoint.count} entries were sealed, ${sequence} are there`);
  else if (headAtCheckpoint !== options.checkpoint.head)
    problems.push(`the chain up to entry ${options.checkpoint.count} was rewritten`);
  return { sealed: sequence, unsealed: await model.countDocuments({ sequence: null }), problems };
}
