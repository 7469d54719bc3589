import type { Notice, NoticeName, RequestName, RequestPayload, RequestReply } from '../../shared/contracts/registry.ts';

export type CallRequestName = Extract<RequestName, `call:${string}`>;
export type CallNoticeName = Extract<NoticeName, `call:${string}`>;
export type JoinReply = RequestReply<'call:join'>;

/** What a call needs of the window's line to the hub; the window's Connection is one. */
export interface CallLine {
  /** Rejects at once with code `line-away` while the line is away. */
  request<N extends CallRequestName>(name: N, payload: RequestPayload<N>): Promise<RequestReply<N>>;
  /** Returns what stops it. */
  on<N extends CallNoticeName>(name: N, handler: (notice: Notice<N>) => void): () => void;
  /** Called at every connect, and at once if the line is there; returns what stops it. */
  onConnected(handler: () => void): () => void;
}

/** The hub's code of a refused request, or '' for anything else. */
export function refusalCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
