/** See ensure-worker.mjs. */
export function ensureWorker(options: {
  packageFolder: string;
  log?: (line: string) => void;
  downloadLimitMs?: number;
}): Promise<string>;
