import { existsSync, readdirSync } from 'node:fs';
import { extname } from 'node:path';
import type { RequestHandler } from 'express';

const encodings = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const;

/**
 * Stands in front of express.static: where the client's build left a compressed form beside a file (FILE.br,
 * FILE.gz) and the browser takes it, that form is served under the file's own name and type.
 */
export function compressedFiles(folder: string): RequestHandler {
  const names = new Set(existsSync(folder) ? readdirSync(folder) : []);
  return (request, response, next) => {
    const name = request.path.slice(1);
    if (names.has(`${name}.br`) || names.has(`${name}.gz`)) {
      response.vary('Accept-Encoding');
      const accepted = request.acceptsEncodings('br', 'gzip');
      const form = encodings.find((encoding) => encoding.name === accepted && names.has(name + encoding.ending));
      if (form) {
        response.type(extname(name));
        response.setHeader('Content-Encoding', form.name);
        request.url = `/${name}${form.ending}`;
      }
    }
    next();
  };
}
