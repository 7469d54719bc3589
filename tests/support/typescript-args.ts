import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Stands before a TypeScript program's path on node's command line. */
export const typescriptArgs = ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
