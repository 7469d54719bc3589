import { readdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { load } from '../platform/threads/typescript-hooks.mjs';
import { inRoot } from './paths.mjs';

// Compiles the hub's TypeScript ahead, for where its folder cannot be written to later: a container.
for (const folder of ['server', 'shared', 'media'])
  for (const name of readdirSync(inRoot(folder), { recursive: true }))
    if (name.endsWith('.ts') && !name.endsWith('.d.ts')) await load(pathToFileURL(inRoot(folder, name)).href, {}, null);
