import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Commitments } from './commitment/commitments.ts';
import type { DicomListener } from './dicom/listen-dicom.ts';
import type { Forwarder } from './forward.ts';
import type { GatewayLog } from './gateway-log.ts';
import type { Spool } from './spool/spool.ts';
import { heldTexts, labels, logTexts, troubleTexts, unknownReason, type Text } from './status-texts.ts';
import type { WatchFolder } from './watch-folder.ts';

export interface StatusPage {
  url: string;
  close(): Promise<void>;
}

export interface StatusParts {
  aeTitle: string;
  hub: string;
  spool: Spool;
  forwarder: Forwarder;
  dicom: DicomListener;
  commitments: Commitments;
  watch: WatchFolder | null;
  log: GatewayLog;
}

const SHOWN = 100;

/** For people and programs on this machine alone: GET / and /status.json; POST /retry?id=, /put-away?id= and /wake. */
export async function openStatusPage(parts: StatusParts, port: number): Promise<StatusPage> {
  const server = createServer((request, response) => {
    answer(request, response, parts).catch(() => response.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: StatusParts): Promise<void> {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader(
    'Content-Security-Policy',
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  );
  const host = request.headers.host ?? '';
  // Another name that leads here is a web page's trick (DNS rebinding), another origin a foreign form.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return end(response, 403, 'text/plain', 'loopback only');
  const url = new URL(request.url ?? '/', `http://${host}`);
  if (request.method === 'POST') {
    const { origin } = request.headers;
    if (origin !== undefined && origin !== `http://${host}`) return end(response, 403, 'text/plain', 'foreign origin');
    if (!(await act(url, parts))) return end(response, 404, 'text/plain', 'not found');
    response.writeHead(303, { Location: '/' }).end();
    return;
  }
  if (request.method !== 'GET') return end(response, 405, 'text/plain', 'GET or POST');
  if (url.pathname === '/status.json')
    return end(response, 200, 'application/json', JSON.stringify(statusOf(parts), null, 2));
  if (url.pathname === '/') return end(response, 200, 'text/html; charset=utf-8', pageOf(parts));
  end(response, 404, 'text/plain', 'not found');
}

/** What a person has pressed; false where there is nothing of the kind. */
async function act(url: URL, { forwarder, spool, log }: StatusParts): Promise<boolean> {
  const id = url.searchParams.get('id') ?? '';
  if (url.pathname === '/wake') forwarder.wake();
  else if (url.pathname === '/retry') return spool.release(id);
  else if (url.pathname !== '/put-away' || !(await spool.putAway(id))) return false;
  else log('put away by a person', { entry: id });
  return true;
}

function end(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type }).end(body);
}

export function statusOf({ aeTitle, hub, spool, forwarder, dicom, commitments, watch }: StatusParts) {
  const queue = spool.queue();
  return {
    aeTitle,
    hub,
    dicomPort: dicom.port,
    associations: dicom.associations(),
    commitments: commitments.open(),
    waiting: queue.length,
    waitingBytes: queue.reduce((sum, { byteLength }) => sum + byteLength, 0),
    oldestAt: queue[0]?.header.receivedAt ?? null,
    ...forwarder.status(),
    held: spool.held().map(({ id, header, byteLength, state }) => ({
      id,
      name: header.name,
      source: header.source,
      receivedAt: header.receivedAt,
      byteLength,
      ...state.held,
    })),
    torn: spool.torn(),
    away: spool.away(),
    folderTroubles: watch?.troubles() ?? [],
  };
}

const escaped = (text: string) =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/\p{Cc}/gu, ' ');
const both = ([zh, en]: Text) => `${escaped(zh)} <small>${escaped(en)}</small>`;
const clock = (iso: string) => escaped(new Date(iso).toLocaleString('zh-CN', { hour12: false }));
const size = (bytes: number) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
const table = (rows: string[][]) =>
  rows.length === 0
    ? `<p>${both(labels.none)}</p>`
    : `<table>${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</table>`;

function pageOf(parts: StatusParts): string {
  const status = statusOf(parts);
  const { trouble, sending, held, torn, folderTroubles, away, saved } = status;
  const needsPerson = held.length + torn.length + folderTroubles.length > 0;
  const button = (path: string, label: Text) =>
    `<form method="post" action="${path}"><button>${both(label)}</button></form>`;
  const state =
    trouble === null
      ? needsPerson
        ? `<p class="some">⚠ ${both(labels.someHeld)}</p>`
        : `<p class="fine">✓ ${both(labels.fine)}</p>`
      : `<div class="trouble"><p>⚠ ${both(troubleTexts[trouble.code] ?? unknownReason)}</p><p><code>${escaped(trouble.detail)}</code> · ${both(labels.nextTry)} ${clock(trouble.nextTryAt)}</p>${button('/wake', labels.tryNow)}</div>`;
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta http-equiv="refresh" content="5"><title>${labels.title.join(' ')}</title>
<style>body{font:16px/1.6 system-ui,"Microsoft YaHei",sans-serif;margin:1.5rem auto;max-width:70rem;padding:0 1rem;color:#1d2530;background:#fff}small{color:#57606a}h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:1.6rem}table{border-collapse:collapse;width:100%}td{border-bottom:1px solid #d8dee4;padding:.3rem .6rem;vertical-align:top;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}button{font:inherit;white-space:nowrap;min-height:44px;padding:0 1rem}.trouble{border:2px solid #9a6700;padding:.5rem 1rem}.fine{color:#1a7f37}.some{color:#9a6700;font-weight:600}td form{display:inline-block;margin:0 .5rem .5rem 0}@media(max-width:640px){tr{display:block;border-bottom:1px solid #d8dee4;padding:.4rem 0}td{display:block;border:0;padding:.1rem 0}td:empty{display:none}}</style>
<h1>${both(labels.title)}</h1>
<p>AE <code>${escaped(status.aeTitle)}</code> · DICOM ${status.dicomPort} · <code>${escaped(status.hub)}</code></p>
${state}
${table([
  [
    both(labels.waiting),
    `${status.waiting} · ${size(status.waitingBytes)}`,
    status.oldestAt === null ? '' : `${both(labels.oldest)} ${clock(status.oldestAt)}`,
  ],
  [
    both(labels.sending),
    sending === null
      ? ''
      : `${Math.floor((100 * sending.offset) / Math.max(1, sending.byteLength))} % · ${size(sending.byteLength)}`,
    '',
  ],
  [both(labels.sent), String(status.sent), status.lastSentAt === null ? '' : clock(status.lastSentAt)],
  ...(saved.files === 0
    ? []
    : [[both(labels.saved), `${size(saved.bytes)} · ${Math.floor((100 * saved.bytes) / saved.ofBytes)} %`, '']]),
  ...(status.commitments === 0 ? [] : [[both(labels.commitments), String(status.commitments), '']]),
])}
<h2>${both(labels.held)} (${held.length})</h2>
${table(
  held
    .slice(0, SHOWN)
    .map(({ id, name, source, receivedAt, byteLength, code = '' }) => [
      `${escaped(name)}<br><small>${escaped(source)} · ${clock(receivedAt)} · ${size(byteLength)}</small>`,
      `${both(heldTexts[code] ?? unknownReason)} <code>${escaped(code)}</code>`,
      button(`/retry?id=${encodeURIComponent(id)}`, labels.retry) +
        button(`/put-away?id=${encodeURIComponent(id)}`, labels.putAway),
    ]),
)}
${away.files === 0 ? '' : `<p>${both(labels.away)}: ${away.files} · <code>${escaped(away.folder)}</code></p>`}
${torn.length === 0 ? '' : `<h2>${both(labels.torn)} (${torn.length})</h2>${table(torn.slice(0, SHOWN).map((name) => [escaped(name)]))}`}
${folderTroubles.length === 0 ? '' : `<h2>${both(labels.folder)}</h2>${table(folderTroubles.slice(0, SHOWN).map(({ name, reason }) => [escaped(name), `<code>${escaped(reason)}</code>`]))}`}
<h2>${both(labels.log)}</h2>
${table(
  parts.log.recent().map(({ at, message, fields }) => [
    clock(at),
    logTexts[message] === undefined ? escaped(message) : both([logTexts[message], message]),
    `<small>${escaped(
      Object.entries(fields)
        .map(([name, value]) => `${name} ${value}`)
        .join(' · '),
    )}</small>`,
  ]),
)}
</html>`;
}
