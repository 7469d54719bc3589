import { z } from 'zod';

/**
 * A request over the socket: `query` reads (audited before it is answered), `command` changes something
 * (one transaction, idempotency key), `signal` is live traffic of a room that nothing durable depends on.
 */
export type RequestKind = 'query' | 'command' | 'signal';

export interface RequestContract<Payload extends z.ZodType = z.ZodType, Reply extends z.ZodType = z.ZodType> {
  kind: RequestKind;
  payload: Payload;
  reply: Reply;
}

export const query = <P extends z.ZodType, R extends z.ZodType>(payload: P, reply: R) =>
  ({ kind: 'query', payload, reply }) as const;
export const command = <P extends z.ZodType, R extends z.ZodType>(payload: P, reply: R) =>
  ({ kind: 'command', payload, reply }) as const;
export const signal = <P extends z.ZodType, R extends z.ZodType>(payload: P, reply: R) =>
  ({ kind: 'signal', payload, reply }) as const;

/** What travels beside a payload. The key makes the retry of a command safe: the first answer is given again. */
export const requestMeta = z.object({ idempotencyKey: z.uuid().optional() });
export type RequestMeta = z.infer<typeof requestMeta>;

export const nothing = z.object({});
export const id = z.string().regex(/^[0-9a-f]{24}$/);
export const isoTime = z.iso.datetime({ offset: true });
/** YYYY-MM-DD */
export const isoDate = z.iso.date();
export const line = (max: number) => z.string().trim().min(1).max(max);
export const prose = (max: number) => z.string().trim().max(max);
/** A record's version as the sender last saw it; a change on top of another version is refused with version-conflict. */
export const version = z.number().int().min(0);

export type ErrorDetails = Record<string, string | number>;
export type Answer<T> =
  | { ok: true; data: T }
  | { ok: false; error: { code: import('./errors.ts').ErrorCode; message: string; details?: ErrorDetails } };
