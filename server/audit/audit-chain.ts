import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditFields } from './audit-record.ts';

export const CHAIN_START = '0'.repeat(64);

/** The hash that binds an entry to all before it: SHA-256 over the hash before and the entry in a fixed field order. */
export function entryHash(entry: AuditFields, sequence: number, before: string): string {
  const details = entry.details === null ? null : Object.entries(entry.details).sort(([a], [b]) => (a < b ? -1 : 1));
  const content = JSON.stringify([
    before,
    sequence,
    entry._id,
    entry.at.toISOString(),
    entry.accountId,
    entry.username,
    entry.organisationId,
    entry.byToken,
    entry.action,
    entry.outcome,
    entry.subjectType,
    entry.subjectId,
    entry.patientId,
    entry.code,
    details,
  ]);
  return createHash('sha256').update(content).digest('hex');
}

/** Head and count of the chain, kept outside the store under a key, so that a cut-off tail shows. */
export interface Checkpoint {
  count: number;
  head: string;
  mac: string;
}

const macOf = (count: number, head: string, key: string) =>
  createHmac('sha256', key).update(`${count}:${head}`).digest('hex');
export const signCheckpoint = (count: number, head: string, key: string): Checkpoint => ({
  count,
  head,
  mac: macOf(count, head, key),
});
export function checkpointHolds(checkpoint: Checkpoint, key: string): boolean {
  const expected = Buffer.from(macOf(checkpoint.count, checkpoint.head, key));
  const given = Buffer.from(String(checkpoint.mac));
  return expected.length === given.length && timingSafeEqual(expected, given);
}
