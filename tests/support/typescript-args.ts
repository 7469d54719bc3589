const hooks = new URL('../../server/platform/threads/typescript-hooks.mjs', import.meta.url).href;
const start = `import { register } from 'node:module'; register(${JSON.stringify(hooks)});`;

/** Stands before a TypeScript program's path on node's command line: it starts as the hub does. */
export const typescriptArgs = ['--import', `data:text/javascript,${encodeURIComponent(start)}`];
