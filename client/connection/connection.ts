import { io, type Socket } from 'socket.io-client';
import type { Answer, RequestMeta } from '../../shared/contracts/contract.ts';
import {
  requests,
  type ClientToServerEvents,
  type Notice,
  type NoticeName,
  type RequestName,
  type RequestPayload,
  type RequestReply,
  type ServerToClientEvents,
} from '../../shared/contracts/registry.ts';
import { Observable } from './observable.ts';
import { newUuid } from './random-id.ts';
import { endsTheWindow, passesByItself, Refusal } from './refusal.ts';
import { retryDelayMs } from './retry-delay.ts';

/** `interrupted`: it was there and is away; `ended`: this window may do nothing more. */
export type LineState = 'connecting' | 'connected' | 'interrupted' | 'ended';
export type EndReason = 'replaced' | 'signed-out';

export interface LineStatus {
  line: LineState;
  endReason: EndReason | null;
  /** Commands that were given but not yet answered. */
  unansweredCommands: number;
}

export interface ConnectionOptions {
  accountId: string;
  windowId: string;
  /** The hub's origin; the page's own when left out. */
  url?: string;
  /** An answer that is later than this is asked for again. */
  answerWithinMs?: number;
}

export interface RequestOptions {
  /** Milliseconds until the request is given up (`line-away`). Commands 2 minutes, queries 1 minute. */
  giveUpAfterMs?: number;
}

interface PendingRequest {
  name: RequestName;
  payload: unknown;
  meta: RequestMeta;
  failedAttempts: number;
  inFlight: boolean;
  again: ReturnType<typeof setTimeout> | undefined;
  givenUp: ReturnType<typeof setTimeout>;
  resolve(data: unknown): void;
  reject(refusal: Refusal): void;
}

type AnyAnswer = Answer<unknown>;
/** socket.io types each event by itself; this is the one form in which all of them are sent. */
type Emitter = (
  name: string,
  payload: unknown,
  meta: RequestMeta,
  answered: (error: Error | null, answer?: AnyAnswer) => void,
) => void;

/**
 * The window's one line to the hub. A command carries an idempotency key and is sent again with the same key after
 * every cut until it is answered or given up; a query is asked again; a signal is live traffic and is not repeated.
 */
export class Connection {
  readonly status: Observable<LineStatus>;
  readonly #socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  readonly #answerWithinMs: number;
  readonly #pending = new Set<PendingRequest>();
  readonly #connectedHandlers = new Set<(first: boolean) => void>();
  #everConnected = false;
  #retryRefusedHandshake: ReturnType<typeof setTimeout> | undefined;
  #refusedHandshakes = 0;

  constructor({ accountId, windowId, url, answerWithinMs = 10_000 }: ConnectionOptions) {
    this.#answerWithinMs = answerWithinMs;
    this.status = new Observable<LineStatus>({ line: 'connecting', endReason: null, unansweredCommands: 0 });
    const options = {
      path: '/socket.io',
      auth: { accountId, windowId },
      autoConnect: false,
      // A WebSocket at once saves two round trips on a weak line; some hospital proxies only let polling through.
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: 200,
      reconnectionDelayMax: 1500,
      randomizationFactor: 0.3,
      timeout: 8000,
    };
    this.#socket = url === undefined ? io(options) : io(url, options);
    this.#socket.on('connect', () => this.#connected());
    this.#socket.on('disconnect', (reason) => this.#disconnected(reason));
    this.#socket.on('connect_error', (error) => this.#handshakeFailed(error));
    this.#socket.on('session:ended', ({ reason }) => this.end(reason));
  }

  open(): void {
    if (this.status.get().line !== 'ended') this.#socket.connect();
  }

  /** Leaves the line without a word to the person (the page goes away, the person signs out). */
  close(): void {
    clearTimeout(this.#retryRefusedHandshake);
    this.#socket.disconnect();
    this.#rejectAll(new Refusal('line-away', 'The window has left the line.'));
  }

  /** The session of this window is over: nothing is sent any more. */
  end(reason: EndReason): void {
    if (this.status.get().line === 'ended') return;
    this.#change({ line: 'ended', endReason: reason });
    this.#rejectAll(this.#over());
    this.close();
  }

  /** Follows a notice of the hub; the returned function stops it. */
  on<N extends NoticeName>(name: N, handler: (notice: Notice<N>) => void): () => void {
    const listener = handler as (...notice: unknown[]) => void;
    const socket = this.#socket as unknown as Socket;
    socket.on(name as string, listener);
    return () => socket.off(name as string, listener);
  }

  /** Called at every connect, `first` only at the first one of this window; at once if the line is there. */
  onConnected(handler: (first: boolean) => void): () => void {
    this.#connectedHandlers.add(handler);
    if (this.#socket.connected) handler(false);
    return () => this.#connectedHandlers.delete(handler);
  }

  /**
   * Asks the hub. Rejects with {@link Refusal}: the hub's code, or `line-away` when it was given up (a signal: when
   * the line is away now).
   */
  request<N extends RequestName>(
    name: N,
    payload: RequestPayload<N>,
    options: RequestOptions = {},
  ): Promise<RequestReply<N>> {
    const kind = requests[name].kind;
    if (this.status.get().line === 'ended') return Promise.reject(this.#over());
    return new Promise<RequestReply<N>>((resolve, reject) => {
      const giveUpAfterMs = options.giveUpAfterMs ?? (kind === 'command' ? 120_000 : 60_000);
      const settle = () => {
        clearTimeout(request.again);
        clearTimeout(request.givenUp);
        this.#pending.delete(request);
        this.#countCommands();
      };
      const request: PendingRequest = {
        name,
        payload,
        meta: kind === 'command' ? { idempotencyKey: newUuid() } : {},
        failedAttempts: 0,
        inFlight: false,
        again: undefined,
        givenUp: setTimeout(
          () => request.reject(new Refusal('line-away', `${name} was not answered in time.`)),
          giveUpAfterMs,
        ),
        resolve: (data) => {
          settle();
          resolve(data as RequestReply<N>);
        },
        reject: (refusal) => {
          settle();
          reject(refusal);
        },
      };
      this.#pending.add(request);
      this.#countCommands();
      this.#attempt(request);
    });
  }

  #attempt(request: PendingRequest): void {
    if (request.inFlight || !this.#pending.has(request)) return;
    const live = requests[request.name].kind === 'signal';
    if (!this.#socket.connected) {
      if (live) request.reject(new Refusal('line-away', 'The line is away.'));
      return;
    }
    request.inFlight = true;
    const timed = this.#socket.timeout(this.#answerWithinMs);
    const emit: Emitter = timed.emit.bind(timed) as unknown as Emitter;
    emit(request.name, request.payload, request.meta, (error, answer) => {
      request.inFlight = false;
      if (!this.#pending.has(request)) return;
      if (error || !answer) {
        if (live) request.reject(new Refusal('line-away', 'The line was cut.'));
        else this.#attempt(request);
        return;
      }
      if (answer.ok) {
        request.resolve(answer.data);
        return;
      }
      const refusal = new Refusal(answer.error.code, answer.error.message, answer.error.details);
      if (!live && passesByItself(refusal.code)) {
        request.failedAttempts += 1;
        request.again = setTimeout(() => this.#attempt(request), retryDelayMs(request.failedAttempts));
        return;
      }
      request.reject(refusal);
      if (endsTheWindow(refusal.code)) this.end(refusal.code === 'session-replaced' ? 'replaced' : 'signed-out');
    });
  }

  #connected(): void {
    const first = !this.#everConnected;
    this.#everConnected = true;
    this.#refusedHandshakes = 0;
    this.#change({ line: 'connected' });
    for (const request of [...this.#pending]) this.#attempt(request);
    for (const handler of [...this.#connectedHandlers]) handler(first);
  }

  #disconnected(reason: string): void {
    if (this.status.get().line === 'ended') return;
    this.#change({ line: 'interrupted' });
    // socket.io comes back by itself except when the other end closed on purpose (a hub that shuts down in order).
    if (reason === 'io server disconnect') this.#connectLater();
  }

  #handshakeFailed(error: Error): void {
    if (error.message === 'session-replaced') this.end('replaced');
    else if (error.message === 'unauthenticated') this.end('signed-out');
    else if (!this.#socket.active) this.#connectLater();
  }

  #connectLater(): void {
    this.#refusedHandshakes += 1;
    clearTimeout(this.#retryRefusedHandshake);
    this.#retryRefusedHandshake = setTimeout(() => this.open(), Math.min(1500, retryDelayMs(this.#refusedHandshakes)));
  }

  #over(): Refusal {
    const code = this.status.get().endReason === 'replaced' ? 'session-replaced' : 'unauthenticated';
    return new Refusal(code, 'The session of this window is over.');
  }

  #rejectAll(refusal: Refusal): void {
    for (const request of [...this.#pending]) request.reject(refusal);
  }

  #countCommands(): void {
    let unansweredCommands = 0;
    for (const { name } of this.#pending) if (requests[name].kind === 'command') unansweredCommands += 1;
    if (unansweredCommands !== this.status.get().unansweredCommands) this.#change({ unansweredCommands });
  }

  #change(part: Partial<LineStatus>): void {
    this.status.set({ ...this.status.get(), ...part });
  }
}
