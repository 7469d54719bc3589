import { endsTheWindow, Refusal, refusalFromHttp, type RefusalCode } from './refusal.ts';
import { learnServerTime } from './server-clock.ts';

/** Named in every request of a signed-in window: the hub refuses when the cookie now belongs to somebody else. */
export const accountHeader = 'X-Lianzhen-Account';

export interface HttpOptions {
  accountId?: string;
  /** The session ended or was replaced: the window stops. */
  onEnded?: (code: RefusalCode) => void;
  base?: string;
}

/** HTTP with the hub's answers as values and its refusals as {@link Refusal}. */
export class Http {
  readonly #options: HttpOptions;

  constructor(options: HttpOptions = {}) {
    this.#options = options;
  }

  /** Under which account this window speaks; undefined before sign-in. */
  get accountId(): string | undefined {
    return this.#options.accountId;
  }

  headers(): Record<string, string> {
    return this.#options.accountId ? { [accountHeader]: this.#options.accountId } : {};
  }

  url(path: string): string {
    return (this.#options.base ?? '') + path;
  }

  /** Reports a refusal that came by another way than this class (an upload). */
  noteRefusal(code: RefusalCode): void {
    if (endsTheWindow(code)) this.#options.onEnded?.(code);
  }

  get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.send<T>('GET', path, undefined, signal);
  }

  async send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const answer = await this.fetch(path, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    const text = await answer.text();
    return (text === '' ? {} : JSON.parse(text)) as T;
  }

  /** The answer itself, once it is a 2xx. Throws a Refusal otherwise; `line-away` when the hub was not reached. */
  async fetch(path: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> {
    const sentAt = Date.now();
    let answer: Response;
    try {
      answer = await fetch(this.url(path), {
        credentials: 'same-origin',
        cache: 'no-store',
        ...init,
        headers: { Accept: 'application/json', ...this.headers(), ...init.headers },
      });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new Refusal('line-away', 'The hub was not reached.');
    }
    learnServerTime(answer.headers.get('Date'), sentAt, Date.now());
    if (answer.ok) return answer;
    const refusal = refusalFromHttp(answer.status, await readJson(answer));
    this.noteRefusal(refusal.code);
    throw refusal;
  }
}

async function readJson(answer: Response): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    return undefined;
  }
}
