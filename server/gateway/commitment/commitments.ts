import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deliverByAssociation } from '../dicom/request-association.ts';
import { commandFields } from '../dicom/command-set.ts';
import { removePatiently, renamePatiently, syncFolder } from '../spool/durable-files.ts';
import type { SentLedger } from '../spool/sent-ledger.ts';
import type { Spool } from '../spool/spool.ts';
import {
  COMMITMENT,
  COMMITMENT_INSTANCE,
  commitmentReport,
  failureReasons,
  type CommitmentRequest,
  type CommitmentResult,
  type NamedInstance,
} from './commitment-message.ts';

/** The association on which the request came, as long as it is open. True once the modality has taken the report. */
export type ReportChannel = (result: CommitmentResult) => Promise<boolean>;

/** Where a modality takes reports, by its AE title. */
export type Modalities = ReadonlyMap<string, { host: string; port: number }>;

export interface Commitments {
  /** The request is durable when this resolves, and has this name; null where too many wait already. */
  take(request: CommitmentRequest, peerTitle: string): Promise<string | null>;
  /** Its sender has been told; from now on the report may go, this way first where there is one. */
  answered(id: string, channel: ReportChannel | null): void;
  /** Requests of which the modality has not taken the report yet. */
  open(): number;
  close(): Promise<void>;
}

export interface CommitmentsOptions {
  folder: string;
  spool: Spool;
  ledger: SentLedger;
  log: (message: string, fields?: Record<string, string | number>) => void;
  aeTitle: string;
  modalities: Modalities;
  /** What the hub has not taken by then is reported failed. */
  longestWaitMs?: number;
  lookEveryMs?: number;
  firstWaitMs?: number;
}

interface Transaction extends CommitmentRequest {
  id: string;
  peerTitle: string;
  askedAt: string;
}

const MOST_OPEN = 500;
const LONGEST_WAIT_MS = 24 * 3600_000;
/** A report that nobody took by then is dropped: the modality asks again, or has long forgotten. */
const KEPT_MS = 7 * 24 * 3600_000;
const LOOK_EVERY_MS = 2000;
const FIRST_WAIT_MS = 30_000;
const LONGEST_RETRY_MS = 30 * 60_000;
const DELIVERY_MS = 30_000;

/**
 * Storage Commitment (PS3.4 annex J): a modality asks whether what it sent is safe, and may delete it then. Safe is
 * what the hub has acknowledged; the report waits for that. Requests outlive a power cut.
 */
export async function openCommitments(options: CommitmentsOptions): Promise<Commitments> {
  const { spool, ledger, log } = options;
  const longestWaitMs = options.longestWaitMs ?? LONGEST_WAIT_MS;
  const firstWaitMs = options.firstWaitMs ?? FIRST_WAIT_MS;
  const transactions = new Map<string, Transaction>();
  const channels = new Map<string, ReportChannel>();
  /** Whose senders have not been told yet that they were taken. */
  const unanswered = new Set<string>();
  const tries = new Map<string, { times: number; notBefore: number }>();
  const pathOf = (id: string) => join(options.folder, `${id}.json`);

  await mkdir(options.folder, { recursive: true });
  for (const name of await readdir(options.folder)) {
    const path = join(options.folder, name);
    const text = name.endsWith('.json') ? await readFile(path, 'utf8') : '';
    try {
      const transaction = JSON.parse(text) as Transaction;
      transactions.set(transaction.id, transaction);
    } catch {
      // It was being written when the power failed, and was not acknowledged.
      await removePatiently(path);
    }
  }

  async function save(transaction: Transaction): Promise<void> {
    const path = pathOf(transaction.id);
    const handle = await open(`${path}.part`, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify(transaction));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await renamePatiently(`${path}.part`, path);
    await syncFolder(options.folder);
  }

  async function drop(id: string): Promise<void> {
    await removePatiently(pathOf(id));
    for (const known of [transactions, channels, tries]) known.delete(id);
  }

  /** What has not reached the hub: still on its way, or set aside for a person, with its entry. */
  function ownInstances() {
    return {
      waiting: new Set(spool.queue().map(({ header }) => header.instance?.sopInstanceUid)),
      held: new Map(spool.held().map(({ id, header }) => [header.instance?.sopInstanceUid, id])),
    };
  }

  /** What can be said of each instance now; null where something is still on its way. */
  function resultOf(
    { transactionUid, instances, askedAt }: Transaction,
    { waiting, held }: ReturnType<typeof ownInstances>,
  ): CommitmentResult | null {
    const isLate = Date.now() - Date.parse(askedAt) >= longestWaitMs;
    const result: CommitmentResult = { transactionUid, committed: [], failed: [] };
    for (const instance of instances) {
      const { sopInstanceUid } = instance;
      if (waiting.has(sopInstanceUid) && !isLate) return null;
      const reason = waiting.has(sopInstanceUid)
        ? failureReasons.processingFailure
        : failureOf(instance, held.get(sopInstanceUid));
      if (reason === null) result.committed.push(instance);
      else result.failed.push({ ...instance, reason });
    }
    return result;
  }

  /** Null for what the hub has acknowledged. Identifiers of entries grow: the later one of the same name counts. */
  function failureOf({ sopClassUid, sopInstanceUid }: NamedInstance, heldId: string | undefined): number | null {
    const sent = ledger.lastOf(sopInstanceUid);
    if (heldId !== undefined && (sent === null || sent.id < heldId)) return failureReasons.processingFailure;
    if (sent === null) return failureReasons.noSuchInstance;
    // The hub keeps other bytes under this name until a person has decided.
    if (sent.outcome === 'quarantined') return failureReasons.processingFailure;
    const isOther = sent.instance !== undefined && sent.instance.sopClassUid !== sopClassUid;
    return isOther ? failureReasons.classInstanceConflict : null;
  }

  async function deliver(transaction: Transaction, result: CommitmentResult): Promise<boolean> {
    const channel = channels.get(transaction.id);
    if (channel !== undefined) {
      channels.delete(transaction.id);
      if (await channel(result)) return true;
    }
    const { peerTitle } = transaction;
    const address = options.modalities.get(peerTitle);
    if (address === undefined) return false;
    const { eventTypeId, dataSet } = commitmentReport(result);
    try {
      const status = await deliverByAssociation({
        ...address,
        calledTitle: peerTitle,
        callingTitle: options.aeTitle,
        abstractSyntax: COMMITMENT,
        command: {
          commandField: commandFields.eventReportRq,
          affectedSopClassUid: COMMITMENT,
          affectedSopInstanceUid: COMMITMENT_INSTANCE,
          eventTypeId,
        },
        dataSet,
        timeoutMs: DELIVERY_MS,
      });
      if (status === 0) return true;
      log('a modality refused its commitment report', { modality: peerTitle, status });
    } catch (thrown) {
      log('a modality cannot be told what is committed', { modality: peerTitle, reason: (thrown as Error).message });
    }
    return false;
  }

  async function look(): Promise<void> {
    const now = Date.now();
    const own = ownInstances();
    const ready = new Map<string, { transaction: Transaction; result: CommitmentResult }[]>();
    for (const transaction of [...transactions.values()]) {
      const { id, peerTitle, askedAt } = transaction;
      if (unanswered.has(id)) continue;
      if (now - Date.parse(askedAt) >= KEPT_MS) {
        log('a commitment report was never taken', { modality: peerTitle });
        await drop(id);
        continue;
      }
      if ((tries.get(id)?.notBefore ?? 0) > now && !channels.has(id)) continue;
      const result = resultOf(transaction, own);
      if (result !== null) ready.set(peerTitle, [...(ready.get(peerTitle) ?? []), { transaction, result }]);
    }
    // A modality that is silent keeps no other waiting.
    await Promise.all([...ready.values()].map(reportAll));
  }

  async function reportAll(reports: readonly { transaction: Transaction; result: CommitmentResult }[]): Promise<void> {
    for (const { transaction, result } of reports) {
      const { id, peerTitle } = transaction;
      const onItsWay = channels.has(id);
      if (await deliver(transaction, result)) {
        log('commitment reported', {
          ...{ modality: peerTitle, committed: result.committed.length, failed: result.failed.length },
        });
        await drop(id);
        continue;
      }
      const times = tries.get(id)?.times ?? 0;
      const waitMs = Math.min(LONGEST_RETRY_MS, firstWaitMs * 2 ** Math.min(times, 20));
      const next = { times: times + 1, notBefore: Date.now() + waitMs };
      tries.set(id, next);
      if (onItsWay) continue;
      // What a modality does not take now, it does not take in the next moment either.
      for (const { transaction: other } of reports) if (!channels.has(other.id)) tries.set(other.id, next);
      return;
    }
  }

  let looking: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy || transactions.size === 0) return;
    busy = true;
    looking = look()
      .catch((thrown: unknown) => log('commitments cannot be kept', { reason: (thrown as Error).message }))
      .finally(() => (busy = false));
  }, options.lookEveryMs ?? LOOK_EVERY_MS);

  return {
    async take(request, peerTitle) {
      const same = [...transactions.values()].find(
        (known) => known.peerTitle === peerTitle && known.transactionUid === request.transactionUid,
      );
      if (same === undefined && transactions.size >= MOST_OPEN) return null;
      const transaction: Transaction = { ...request, id: randomUUID(), peerTitle, askedAt: new Date().toISOString() };
      const { id } = transaction;
      unanswered.add(id);
      await save(transaction);
      transactions.set(id, transaction);
      // Asked again, it is one question.
      if (same !== undefined) await drop(same.id);
      log('commitment was asked for', { modality: peerTitle, instances: request.instances.length });
      return id;
    },
    answered(id, channel) {
      unanswered.delete(id);
      if (channel !== null && transactions.has(id)) channels.set(id, channel);
    },
    open: () => transactions.size,
    async close() {
      clearInterval(timer);
      await looking;
    },
  };
}
