import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = `
  import { build } from 'vite';
  const { output } = await build({
    root: process.argv[1], configFile: false, logLevel: 'error',
    build: { write: false, minify: false, target: 'chrome94', modulePreload: { polyfill: false } },
  });
  process.stdout.write(JSON.stringify(output.map((file) => ['/' + file.fileName, file.code ?? String(file.source)])));`;

/** Builds the page of the call tests from the client's own sources, as the product is built. */
export const buildCallPage = () => buildPage(fileURLToPath(new URL('./call-page', import.meta.url)));

/**
 * Builds the page in a folder of the tests and gives its files by path. Vite runs in a process of its own, outside
 * Jest's module registry.
 */
export async function buildPage(folder: string): Promise<Map<string, string>> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let json = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (json += chunk));
  const code = await new Promise((settle) => child.once('close', settle));
  if (code !== 0) throw new Error(`A page of the tests could not be built (exit ${code}).`);
  const files = new Map(JSON.parse(json) as [string, string][]);
  return files.set('/', files.get('/index.html') ?? '');
}
