import { createHash } from 'node:crypto';
import session from 'express-session';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import { sessionRecord } from './session-record.ts';

declare module 'express-session' {
  interface SessionData {
    accountId: string;
  }
}

export const SESSION_COOKIE = 'lianzhen.sid';
/** A night shift and its hand-over. */
const LIFETIME_MS = 16 * 3600 * 1000;

/** A session's end is put off at most so often: a viewer's hundreds of reads need not each be a write. */
const TOUCH_EVERY_MS = 5 * 60_000;
const MOST_TOUCHED = 10_000;

const keyOf = (sessionId: string) => createHash('sha256').update(sessionId).digest('hex');

/** express-session's store on ours. */
class RecordSessionStore extends session.Store {
  private readonly store: Store;
  private readonly clock: Clock;
  /** When each session's end was last written, the longest ago first. */
  private readonly touched = new Map<string, number>();

  constructor(store: Store, clock: Clock) {
    super();
    this.store = store;
    this.clock = clock;
  }

  override get(sessionId: string, callback: (error: unknown, data?: session.SessionData | null) => void) {
    const _id = keyOf(sessionId);
    this.store
      .recall({
        key: `session ${_id}`,
        of: [sessionRecord],
        find: () => this.store.model(sessionRecord).findOne({ _id }).lean(),
      })
      .then(
        (found) =>
          callback(
            null,
            found === null || found.expiresAt <= this.clock.now()
              ? null
              : // express-session puts a cookie of its own into what it is given.
                { ...(found.data as session.SessionData) },
          ),
        (error: unknown) => callback(error),
      );
  }

  override set(sessionId: string, data: session.SessionData, callback?: (error?: unknown) => void) {
    this.write(sessionId, data, true, callback);
  }

  private write(sessionId: string, data: session.SessionData, upsert: boolean, callback?: (error?: unknown) => void) {
    const expiresAt = new Date(this.clock.now().getTime() + (data.cookie.originalMaxAge ?? LIFETIME_MS));
    this.store
      .model(sessionRecord)
      .updateOne({ _id: keyOf(sessionId) }, { $set: { data: JSON.parse(JSON.stringify(data)), expiresAt } }, { upsert })
      .then(
        () => callback?.(),
        (error: unknown) => callback?.(error),
      );
  }

  override destroy(sessionId: string, callback?: (error?: unknown) => void) {
    this.touched.delete(sessionId);
    this.store
      .model(sessionRecord)
      .deleteOne({ _id: keyOf(sessionId) })
      .then(
        () => callback?.(),
        (error: unknown) => callback?.(error),
      );
  }

  /** A request that was under way when its session ended must not bring the session back: never an upsert. */
  override touch(sessionId: string, data: session.SessionData, callback?: () => void) {
    const now = this.clock.now().getTime();
    const before = this.touched.get(sessionId);
    if (before !== undefined && now - before < TOUCH_EVERY_MS && now >= before) {
      callback?.();
      return;
    }
    this.touched.delete(sessionId);
    this.touched.set(sessionId, now);
    for (const [oldest] of this.touched) {
      if (this.touched.size <= MOST_TOUCHED) break;
      this.touched.delete(oldest);
    }
    this.write(sessionId, data, false, () => callback?.());
  }
}

export function sessionMiddleware(options: { store: Store; clock: Clock; secret: string; secure: boolean }) {
  return session({
    name: SESSION_COOKIE,
    secret: options.secret,
    store: new RecordSessionStore(options.store, options.clock),
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure: options.secure, maxAge: LIFETIME_MS, path: '/' },
  });
}
