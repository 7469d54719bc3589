import type { Notice, NoticeName } from '../../shared/contracts/registry.ts';
import type { Media } from '../../media/index.ts';
import type { Config } from '../config.ts';
import type { Audience, Permission, PolicyActor } from '../permissions/policy.ts';
import type { BlobStore } from './blobs/blob-store.ts';
import type { Clock } from './clock.ts';
import type { DueTimes } from './due-times.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { Presence } from './socket/presence.ts';
import type { Store } from './store/store.ts';
import type { ThreadPool } from './threads/thread-pool.ts';

export interface Actor extends PolicyActor {
  username: string;
  name: string;
  organisationName: string;
  sessionId?: string | undefined;
}

/** What a permission is decided on, and what the audit trail names. */
export interface Subject {
  type: string;
  id: string;
  audience: Audience;
  patientId?: string | undefined;
}

export interface AuditNote {
  /** The request or the further act, e.g. `report:sign`, `ecg:confirm-mismatch`. */
  action: string;
  outcome: 'done' | 'refused' | 'failed';
  subject?: { type: string; id: string; patientId?: string | undefined } | undefined;
  code?: string | undefined;
  /** Never clinical content; ids, counts, field names. */
  details?: Record<string, string | number | boolean> | undefined;
}

/** Appends to the audit trail: inside a transaction it commits with it, outside it is durable when it resolves. */
export type AppendAudit = (actor: Actor | null, note: AuditNote) => Promise<void>;

/** The parts of a running hub that actions use. */
export interface Hub {
  config: Config;
  clock: Clock;
  log: Log;
  store: Store;
  blobs: BlobStore;
  threads: ThreadPool;
  outbox: Outbox;
  dueTimes: DueTimes;
  presence: Presence;
  metrics: Metrics;
  media: Media;
  /** Called with the id of a call room whose SFU worker died. */
  onRoomLost(listener: (roomId: string) => void): void;
  appendAudit: AppendAudit;
  /** For reads of which many are one act; durable as appendAudit is. */
  auditRead: (actor: Actor, note: AuditNote) => Promise<void>;
}

/** One browser window, as actions see it: no socket. */
export interface WindowLink {
  id: string;
  /** The connection is gone: a request that was under way must leave nothing behind for it. */
  readonly closed: boolean;
  watch(room: string): void;
  unwatch(room: string): void;
  /** To everybody else who watches the room, now or never: for pointers and the like. */
  tell<N extends NoticeName>(room: string, name: N, notice: Notice<N>): void;
  /** To everybody else who watches the room, in order and while connected; nothing durable may depend on it. */
  announce<N extends NoticeName>(room: string, name: N, notice: Notice<N>): void;
  /** To this window itself, in order and while connected. */
  send<N extends NoticeName>(name: N, notice: Notice<N>): void;
  /** Called once when the window's connection is gone. */
  onClose(listener: () => void): void;
}

export interface ActionContext {
  hub: Hub;
  store: Store;
  clock: Clock;
  actor: Actor;
  /** Null for requests that came over HTTP. */
  window: WindowLink | null;
  audit(note: AuditNote): Promise<void>;
  /** One transaction, after which its notices leave. Socket commands run in one already; HTTP uploads call this. */
  commit<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * Something in memory that is to follow the change, once, when the transaction has committed. A crash loses it:
   * nothing durable may depend on it.
   */
  afterCommit(effect: () => void): void;
  /** Queues a notice in the outbox; it leaves after the transaction has committed. */
  notify<N extends NoticeName>(rooms: string[], name: N, notice: Notice<N>): Promise<void>;
  /** Throws not-found or forbidden unless the actor may do this to the subject. */
  permit(permission: Permission, subject: Subject | null): Subject;
}

/** Rooms that notices are addressed to. */
export const rooms = {
  account: (accountId: string) => `account:${accountId}`,
  organisation: (organisationId: string) => `organisation:${organisationId}`,
  /** The windows of an organisation's on-call people. */
  desk: (organisationId: string) => `desk:${organisationId}`,
  /** The windows that have a consult's page open. */
  consult: (consultId: string) => `consult:${consultId}`,
  session: (sessionId: string) => `session:${sessionId}`,
} as const;
