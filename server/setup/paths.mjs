import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout: the folder that holds package.json. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** @param {string[]} parts path below the checkout, with forward slashes or in parts */
export const inRoot = (...parts) => join(root, ...parts);
