import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type ResourceLimits } from 'node:worker_threads';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm/api')).href.replace(/\.cjs$/, '.mjs');

/**
 * Starts a worker thread whose module is TypeScript. On Node 20 tsx does not register itself in a thread started with
 * --import, so a few lines of JavaScript do it there first.
 */
export function startTypescriptWorker(
  moduleUrl: string,
  options: { workerData?: unknown; resourceLimits?: ResourceLimits } = {},
): Worker {
  const start = `import { register } from ${JSON.stringify(tsx)}; register(); await import(${JSON.stringify(moduleUrl)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(start)}`), { ...options, execArgv: [] });
}
