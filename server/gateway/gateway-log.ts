import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';

export type LogFields = Record<string, string | number>;

export interface GatewayLog {
  (message: string, fields?: LogFields): void;
  /** The last ones, newest first, for the status page. */
  recent(): readonly { at: string; message: string; fields: LogFields }[];
}

const MOST_RECENT = 60;
const LARGEST_FILE = 20 * 1024 * 1024;

/**
 * JSON lines on stdout and in a file that is begun anew at each start once it is large. It names devices and the
 * gateway's own numbers, never a patient: file names and UIDs stay out of it.
 */
export function openGatewayLog(folder: string, options: { quiet?: boolean } = {}): GatewayLog {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'gateway.log');
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGEST_FILE) {
    rmSync(`${path}.old`, { force: true });
    renameSync(path, `${path}.old`);
  }
  const streams = [{ stream: pino.destination({ dest: path, append: true, sync: true }) }];
  const log: Logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.multistream(options.quiet === true ? streams : [...streams, { stream: process.stdout }]),
  );
  const recent: { at: string; message: string; fields: LogFields }[] = [];
  return Object.assign(
    (message: string, fields: LogFields = {}) => {
      log.info(fields, message);
      recent.unshift({ at: new Date().toISOString(), message, fields });
      recent.length = Math.min(recent.length, MOST_RECENT);
    },
    { recent: () => recent },
  );
}
