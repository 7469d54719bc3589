import { mkdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { openCommitments, type Modalities } from './commitment/commitments.ts';
import { listenDicom } from './dicom/listen-dicom.ts';
import { startForwarder } from './forward.ts';
import { openGatewayLog } from './gateway-log.ts';
import { hubClient } from './hub-client.ts';
import { lockSpool } from './spool/lock-spool.ts';
import { openSentLedger } from './spool/sent-ledger.ts';
import { openSpool } from './spool/spool.ts';
import { openStatusPage, statusOf } from './status-page.ts';
import { watchFolder } from './watch-folder.ts';

export interface GatewayOptions {
  hub: string;
  token: string;
  aeTitle: string;
  port: number;
  /** The interface of the clinic's network; absent: all. */
  host?: string;
  statusPort: number;
  spoolFolder: string;
  watch: string | null;
  /** The spool takes no more than this. */
  mostBytes: number;
  /** On a line that carries less, images go packed without loss; 0: never. */
  slowBelowBytesPerSecond: number;
  /** Where modalities take reports of Storage Commitment. */
  modalities?: Modalities;
  quiet?: boolean;
  /** For tests: how long an association may be silent, how often the folder is looked at, how soon it is tried again. */
  artimMs?: number;
  silenceMs?: number;
  lookEveryMs?: number;
  firstWaitMs?: number;
  longestWaitMs?: number;
  commitmentWaitMs?: number;
}

export interface Gateway {
  port: number;
  statusUrl: string;
  status(): ReturnType<typeof statusOf>;
  /** Nothing needs it: what is acknowledged is durable, also when the process is killed. */
  close(): Promise<void>;
}

/** The clinic's edge: takes from modalities and a folder what it makes durable, and brings it to the hub. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const folder = resolve(options.spoolFolder);
  const watched = options.watch === null ? null : resolve(options.watch);
  if (watched !== null && !relative(watched, folder).startsWith('..'))
    throw new Error('--spool must not stand inside --watch.');
  await mkdir(folder, { recursive: true });
  const unlock = await lockSpool(folder);
  const opened: (() => Promise<void>)[] = [unlock];
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    const log = openGatewayLog(join(folder, 'log'), { quiet: options.quiet ?? false });
    const spool = await openSpool(folder, { mostBytes: options.mostBytes });
    const ledger = await openSentLedger(folder);
    opened.push(() => ledger.close());
    const { firstWaitMs, longestWaitMs } = options;
    const forwarder = startForwarder({
      spool,
      ledger,
      hub: hubClient(options),
      log,
      slowBelowBytesPerSecond: options.slowBelowBytesPerSecond,
      ...(firstWaitMs !== undefined && { firstWaitMs }),
      ...(longestWaitMs !== undefined && { longestWaitMs }),
    });
    opened.push(() => forwarder.close());
    const { lookEveryMs, commitmentWaitMs } = options;
    const commitments = await openCommitments({
      ...{ folder: join(folder, 'commitments'), spool, ledger, log, aeTitle: options.aeTitle },
      modalities: options.modalities ?? new Map(),
      ...(lookEveryMs !== undefined && { lookEveryMs }),
      ...(firstWaitMs !== undefined && { firstWaitMs }),
      ...(commitmentWaitMs !== undefined && { longestWaitMs: commitmentWaitMs }),
    });
    opened.push(() => commitments.close());
    const dicom = await listenDicom({
      spool,
      log,
      commitments,
      port: options.port,
      artimMs: options.artimMs ?? 30_000,
      silenceMs: options.silenceMs ?? 5 * 60_000,
      ...(options.host !== undefined && { host: options.host }),
    });
    opened.push(() => dicom.close());
    let watch: ReturnType<typeof watchFolder> | null = null;
    if (watched !== null) {
      const everyMs = lookEveryMs;
      watch = watchFolder({ folder: watched, spool, ledger, log, ...(everyMs !== undefined && { everyMs }) });
      opened.push(watch.close);
    }
    const parts = { aeTitle: options.aeTitle, hub: options.hub, spool, forwarder, dicom, commitments, watch, log };
    const page = await openStatusPage(parts, options.statusPort);
    opened.push(() => page.close());
    log('gateway started', { dicomPort: dicom.port, waiting: spool.queue().length, torn: spool.torn().length });
    return { port: dicom.port, statusUrl: page.url, status: () => statusOf(parts), close };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
