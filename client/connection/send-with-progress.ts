import { Refusal } from './refusal.ts';

export interface ProgressRequest {
  method: 'GET' | 'POST' | 'PATCH';
  url: string;
  headers: Record<string, string>;
  body: Blob | FormData | null;
  /** Bytes that have left, of the whole body. */
  onProgress: (sentBytes: number, totalBytes: number) => void;
  /** Given up when nothing moved for so long; the answer itself may take as long again. */
  stallAfterMs?: number;
  signal: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  body: unknown;
  /** Null where the answer has no such header. */
  header(name: string): string | null;
}

/**
 * One upload by XMLHttpRequest (fetch tells no upload progress). Resolves with whatever the hub answered; rejects
 * with `line-away` when no answer came.
 */
export function sendWithProgress(request: ProgressRequest): Promise<HttpAnswer> {
  const { stallAfterMs = 60_000, signal } = request;
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    let stall: ReturnType<typeof setTimeout>;
    const moved = () => {
      clearTimeout(stall);
      stall = setTimeout(() => xhr.abort(), stallAfterMs);
    };
    const abort = () => xhr.abort();
    const finish = (act: () => void) => {
      clearTimeout(stall);
      signal.removeEventListener('abort', abort);
      act();
    };
    xhr.open(request.method, request.url);
    for (const [name, value] of Object.entries(request.headers)) xhr.setRequestHeader(name, value);
    xhr.upload.addEventListener('progress', (event) => {
      moved();
      request.onProgress(event.loaded, event.total);
    });
    const header = (name: string) => xhr.getResponseHeader(name);
    xhr.addEventListener('load', () =>
      finish(() => resolve({ status: xhr.status, body: parse(xhr.responseText), header })),
    );
    const away = () => finish(() => reject(new Refusal('line-away', 'The upload was cut.')));
    xhr.addEventListener('error', away);
    xhr.addEventListener('abort', away);
    signal.addEventListener('abort', abort);
    moved();
    xhr.send(request.body);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
