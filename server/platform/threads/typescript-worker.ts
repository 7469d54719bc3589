import { Worker, type ResourceLimits } from 'node:worker_threads';

const hooks = new URL('./typescript-hooks.mjs', import.meta.url).href;

/** Starts a worker thread whose module is TypeScript; the few lines of JavaScript before it let Node load that. */
export function startTypescriptWorker(
  moduleUrl: string,
  options: { workerData?: unknown; resourceLimits?: ResourceLimits } = {},
): Worker {
  const start =
    `import { register } from 'node:module'; register(${JSON.stringify(hooks)}); ` +
    `await import(${JSON.stringify(moduleUrl)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(start)}`), { ...options, execArgv: [] });
}
