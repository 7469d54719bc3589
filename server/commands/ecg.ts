import { readFileSync, statSync } from 'node:fs';
import { decodeEcg } from '../ecg/decode/decode-ecg.ts';
import { decodeLimits } from '../ecg/decode/decode-limits.ts';
import { EcgDecodeError } from '../ecg/decode/ecg-decode-error.ts';

const usage = 'Usage: npm run -s ecg -- inspect FILE';

/** Ends the command with one line on stderr; scripts rely on the exit code. */
function refuse(line: string): never {
  process.stderr.write(`${line.replace(/\s+/g, ' ')}\n`);
  process.exit(2);
}

function readFile(path: string): Uint8Array {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) refuse(`${path}: not a file`);
    if (stat.size > decodeLimits.fileBytes) {
      refuse(`${path}: ${stat.size} bytes are too many; at most ${decodeLimits.fileBytes} are read`);
    }
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return refuse(`${path}: cannot be read (${code === 'ENOENT' ? 'no such file' : code})`);
  }
}

function inspect(path: string): void {
  const bytes = readFile(path);
  try {
    const document = decodeEcg(bytes);
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } catch (error) {
    if (error instanceof EcgDecodeError) refuse(`${path}: ${error.message} (${error.code})`);
    throw error;
  }
}

const [command, ...rest] = process.argv.slice(2);
if (command === 'inspect' && rest.length === 1) inspect(rest[0] ?? '');
else if (command === '--help' || command === 'help') process.stdout.write(`${usage}\n`);
else refuse(usage);
