import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import type { SynthesisOptions } from '../../shared/ecg/synthesize.ts';
import type { EcgDocument, EcgFilePatient } from '../../shared/ecg/waveform.ts';
import { decodeEcg } from '../ecg/decode/decode-ecg.ts';
import { decodeLimits } from '../ecg/decode/decode-limits.ts';
import { EcgDecodeError } from '../ecg/decode/ecg-decode-error.ts';
import { withFileBytes } from '../ecg/decode/file-bytes.ts';
import { openRecording } from '../ecg/decode/long-recording.ts';
import { decodeWfdb } from '../ecg/decode/wfdb/decode-wfdb.ts';
import { looksLikeWfdbHeader } from '../ecg/decode/wfdb/wfdb-header.ts';
import { writeDicomEcg } from '../ecg/encode/dicom-ecg.ts';
import { writeEdf } from '../ecg/encode/edf.ts';
import { writeHl7Aecg } from '../ecg/encode/hl7-aecg.ts';
import { writeIshne } from '../ecg/encode/ishne.ts';
import { writeMuseXml } from '../ecg/encode/muse-xml.ts';
import { writeMfer } from '../ecg/encode/mfer.ts';
import { writePhilipsXml } from '../ecg/encode/philips-xml.ts';
import { writeScpEcg } from '../ecg/encode/scp-ecg.ts';
import { writeWfdb } from '../ecg/encode/wfdb.ts';

/** An hour of a day's recording: what one prints and reads at a time. */
const longestPartSeconds = 3600;
const inParts = '; EDF and ISHNE are printed in parts, with --from and --seconds';

const usage = `Usage:
  npm run -s ecg -- inspect FILE [--from SECONDS --seconds SECONDS]
      prints what the file holds as one JSON document; exit 2 when it cannot be read;
      of a WFDB record, FILE is the header, and its other files are read from the same folder;
      --from and --seconds print that part alone, also of a day that is too long to be printed whole
  npm run -s ecg -- generate --format dicom|scp-ecg|hl7-aecg|muse-xml|philips-xml|mfer|edf|ishne|wfdb --out FILE
      [--rhythm sinus|inferior-stemi] [--patient-name NAME] [--patient-id ID] [--sex M|F|O] [--birth-date YYYYMMDD]
      [--heart-rate PER_MINUTE] [--noise MICROVOLTS] [--seconds S] [--rate HZ] [--seed N] [--acquired-at ISO8601]
      writes a synthetic recording of nobody; of wfdb, FILE.hea and FILE.dat`;

/** Ends the command with one line on stderr; scripts rely on the exit code. */
function refuse(line: string): never {
  process.stderr.write(`${line.replace(/\s+/g, ' ')}\n`);
  process.exit(2);
}

function systemCode(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return code === 'ENOENT' ? 'no such file or folder' : code;
}

function readFile(path: string): Uint8Array {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) refuse(`${path}: not a file`);
    if (stat.size > decodeLimits.fileBytes) {
      refuse(`${path}: ${stat.size} bytes are too many; at most ${decodeLimits.fileBytes} are read whole${inParts}`);
    }
    return readFileSync(path);
  } catch (error) {
    return refuse(`${path}: cannot be read (${systemCode(error)})`);
  }
}

/** A header's other files; decodeWfdb asks for names without a folder only. */
function readNeighbour(path: string, name: string): Uint8Array | undefined {
  const neighbour = join(dirname(path), name);
  return existsSync(neighbour) ? readFile(neighbour) : undefined;
}

function readWhole(path: string): EcgDocument {
  const bytes = readFile(path);
  return looksLikeWfdbHeader(bytes) ? decodeWfdb(bytes, (name) => readNeighbour(path, name)) : decodeEcg(bytes);
}

/** The document with the groups that have samples in the span, and only these samples. */
function readPart(path: string, fromSeconds: number, seconds: number): EcgDocument {
  return withFileBytes(path, (file) => {
    const recording = openRecording(file);
    const groups = recording.window(fromSeconds, seconds);
    return { ...recording.describe(), groups };
  });
}

function inspect(args: string[]): void {
  const { path, span } = parseInspectOptions(args);
  let document: EcgDocument;
  try {
    document = span === null ? readWhole(path) : readPart(path, span.from, span.seconds);
  } catch (error) {
    if (error instanceof EcgDecodeError)
      refuse(`${path}: ${error.message} (${error.code})${error.code === 'too-large' && span === null ? inParts : ''}`);
    if (error instanceof Error && 'syscall' in error) refuse(`${path}: cannot be read (${systemCode(error)})`);
    throw error;
  }
  // A reader that has seen enough (`| head`) closes the pipe; that is no failure.
  process.stdout.on('error', () => process.exit(0));
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

function parseInspectOptions(args: string[]): { path: string; span: { from: number; seconds: number } | null } {
  const text = { type: 'string' } as const;
  let parsed;
  try {
    parsed = parseArgs({ args, options: { from: text, seconds: text }, allowPositionals: true });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : usage);
  }
  const { positionals, values } = parsed;
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) return refuse(usage);
  if (values.from === undefined && values.seconds === undefined) return { path, span: null };
  const [from, seconds] = [Number(values.from ?? 0), Number(values.seconds ?? 10)];
  if (!(from >= 0 && seconds > 0 && seconds <= longestPartSeconds))
    refuse(`--from is 0 or more, --seconds at most ${longestPartSeconds}`);
  return { path, span: { from, seconds } };
}

const writers: Readonly<Record<string, (document: EcgDocument, options: { patient: EcgFilePatient }) => Uint8Array>> = {
  dicom: writeDicomEcg,
  'scp-ecg': writeScpEcg,
  'hl7-aecg': writeHl7Aecg,
  'muse-xml': writeMuseXml,
  'philips-xml': writePhilipsXml,
  mfer: writeMfer,
  edf: writeEdf,
  ishne: writeIshne,
};

function parseGenerateOptions(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: {
        format: text,
        out: text,
        rhythm: text,
        'patient-name': text,
        'patient-id': text,
        sex: text,
        'birth-date': text,
        'heart-rate': text,
        noise: text,
        seconds: text,
        rate: text,
        seed: text,
        'acquired-at': text,
      },
    }).values;
  } catch (error) {
    return refuse(error instanceof Error ? error.message : usage);
  }
}

type GenerateOptions = ReturnType<typeof parseGenerateOptions>;

function toPatient(options: GenerateOptions): EcgFilePatient {
  const sex = { M: 'male', F: 'female', O: 'other' }[options.sex?.toUpperCase() ?? ''];
  if (options.sex !== undefined && sex === undefined) refuse('--sex is M, F or O');
  const birth = /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(options['birth-date'] ?? '');
  if (options['birth-date'] !== undefined && !birth) refuse('--birth-date is YYYYMMDD');
  return {
    ...(options['patient-id'] === undefined ? {} : { id: options['patient-id'] }),
    ...(options['patient-name'] === undefined ? {} : { name: options['patient-name'] }),
    ...(sex === 'male' || sex === 'female' || sex === 'other' ? { sex } : {}),
    ...(birth ? { birthDate: birth.slice(1).join('-') } : {}),
  };
}

function toSynthesis(options: GenerateOptions): SynthesisOptions {
  const number = (name: 'heart-rate' | 'noise' | 'seconds' | 'rate' | 'seed'): number | undefined => {
    const text = options[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    return Number.isFinite(value) ? value : refuse(`--${name} is a number`);
  };
  const rhythm = options.rhythm ?? 'sinus';
  if (rhythm !== 'sinus' && rhythm !== 'inferior-stemi') return refuse('--rhythm is sinus or inferior-stemi');
  const heartRatePerMinute = number('heart-rate');
  const durationSeconds = number('seconds');
  const sampleRateHz = number('rate');
  return {
    rhythm,
    seed: number('seed') ?? 1,
    noiseMicrovolts: number('noise') ?? 6,
    acquiredAt: options['acquired-at'] ?? `${new Date().toISOString().slice(0, 19)}+00:00`,
    ...(heartRatePerMinute === undefined ? {} : { heartRatePerMinute }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...(sampleRateHz === undefined ? {} : { sampleRateHz }),
  };
}

interface WrittenFile {
  path: string;
  bytes: Uint8Array;
}

/** @throws RangeError for what the format cannot hold */
function toFiles(format: string, out: string, document: EcgDocument, patient: EcgFilePatient): WrittenFile[] {
  if (format === 'wfdb') {
    const record = out.replace(/\.hea$/i, '');
    const { header, samples } = writeWfdb(document, { patient, name: basename(record) });
    return [header, samples].map(({ name, bytes }) => ({ path: join(dirname(record), name), bytes }));
  }
  const write = writers[format];
  if (!write) refuse(`--format is one of ${[...Object.keys(writers), 'wfdb'].join(', ')}`);
  return [{ path: out, bytes: write(document, { patient }) }];
}

function generate(args: string[]): void {
  const options = parseGenerateOptions(args);
  const format = options.format ?? refuse('--format is missing');
  const out = options.out ?? refuse('--out FILE is missing');
  const patient = toPatient(options);
  const synthesis = toSynthesis(options);
  let files: WrittenFile[];
  try {
    files = toFiles(format, out, synthesizeEcg(synthesis).document, patient);
  } catch (error) {
    if (error instanceof RangeError) refuse(error.message);
    throw error;
  }
  for (const { path, bytes } of files) {
    try {
      writeFileSync(path, bytes);
    } catch (error) {
      refuse(`${path}: cannot be written (${systemCode(error)})`);
    }
    process.stdout.write(`${path}: ${bytes.length} bytes, synthetic ${synthesis.rhythm ?? ''}, ${format}\n`);
  }
}

const [command, ...rest] = process.argv.slice(2);
if (command === 'inspect') inspect(rest);
else if (command === 'generate') generate(rest);
else if (command === '--help' || command === 'help') process.stdout.write(`${usage}\n`);
else refuse(usage);
