import { closeSync, openSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import { XMLParser } from 'fast-xml-parser';
import { zipSync } from 'fflate';
import { SaxesParser } from 'saxes';
import { detectRPeaks } from '../../shared/ecg/detect-r-peaks.ts';
import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import { decodeEcg } from '../../server/ecg/decode/decode-ecg.ts';
import { decodeXmlText } from '../../server/ecg/decode/xml-text.ts';
import { waveformSpanJson } from '../../server/ecg/ecg-job.ts';
import { writeDicomEcg } from '../../server/ecg/encode/dicom-ecg.ts';
import { writeEdf } from '../../server/ecg/encode/edf.ts';
import { writeHl7Aecg } from '../../server/ecg/encode/hl7-aecg.ts';
import { writeIshne } from '../../server/ecg/encode/ishne.ts';
import { writeMfer } from '../../server/ecg/encode/mfer.ts';
import { writeMuseXml } from '../../server/ecg/encode/muse-xml.ts';
import { writePhilipsXml } from '../../server/ecg/encode/philips-xml.ts';
import { writeScpEcg } from '../../server/ecg/encode/scp-ecg.ts';
import { writeWfdb } from '../../server/ecg/encode/wfdb.ts';
import { writeHolter } from '../support/ecg-files/holter-file.ts';
import { row, timed, type BenchRow } from './measure.ts';

const times = 100;

/**
 * Reading a 10 s 12-lead file of each format, beside bare parsers that only walk its bytes (or, where a format has no
 * parser of its own, those of the DICOM form), and finding its beats, beside one pass over it.
 */
export async function benchEcg(): Promise<BenchRow[]> {
  const { document } = synthesizeEcg({ rhythm: 'sinus', noiseMicrovolts: 8 });
  const leads = document.groups[0]!.leads;
  const what = '12 leads, 10 s';
  const dicom = writeDicomEcg(document);
  const record = writeWfdb(document);
  const files: [name: string, bytes: Uint8Array][] = [
    ['DICOM ECG', dicom],
    ['SCP-ECG', writeScpEcg(document)],
    ['HL7 aECG', writeHl7Aecg(document)],
    ['GE MUSE XML', writeMuseXml(document)],
    ['Philips XML, XLI', writePhilipsXml(document)],
    ['MFER', writeMfer(document)],
    ['EDF', writeEdf(document)],
    ['ISHNE', writeIshne(document)],
    [
      'WFDB in a ZIP',
      zipSync({ [record.header.name]: record.header.bytes, [record.samples.name]: record.samples.bytes }),
    ],
  ];
  const walkDicom = {
    name: 'dicom-parser alone, the DICOM form',
    values: await timed(times, () => dicomParser.parseDicom(dicom)),
  };
  const walkXml = async (bytes: Uint8Array) => {
    const text = decodeXmlText(bytes, false);
    return [
      { name: 'saxes alone', values: await timed(times, () => new SaxesParser().write(text).close()) },
      { name: 'fast-xml-parser alone', values: await timed(times, () => new XMLParser().parse(text) as unknown) },
    ];
  };
  const rows: BenchRow[] = [];
  for (const [name, bytes] of files) {
    const floors = /aECG|XML/.test(name) ? await walkXml(bytes) : [walkDicom];
    const values = await timed(times, () => decodeEcg(bytes));
    for (const floor of floors) rows.push(row(`decode ${name}, ${what}`, 'ms', values, floor));
  }
  const pass = { name: 'one pass over the samples', values: await timed(times, () => leads.map(energy)) };
  rows.push(row(`detect R peaks, ${what}`, 'ms', await timed(times, () => detectRPeaks(leads)), pass));
  return [...rows, ...(await benchDay())];
}

/** A page of a day, as the hub's worker makes it, beside reading the bytes in which it lies. */
async function benchDay(): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'lianzhen-bench-'));
  const path = join(folder, 'day.ishne');
  try {
    await writeHolter(path, { format: 'ishne', minutes: 1440, fastFromMinute: 720 });
    const seconds = 90;
    const bytes = Buffer.alloc(seconds * 200 * 3 * 2);
    const fromSeconds = (index: number) => (Math.abs(index) * 7919) % 86_000;
    const page = (index: number) => waveformSpanJson({ path, fromSeconds: fromSeconds(index), seconds, packed: true });
    const read = (index: number) => {
      const file = openSync(path, 'r');
      readSync(file, bytes, 0, bytes.length, 522 + fromSeconds(index) * 1200);
      closeSync(file);
    };
    const floor = { name: 'reading the same bytes', values: await timed(times, read) };
    const what = '90 s of a day, 3 leads at 200 Hz';
    return [
      row(`${what}, packed JSON`, 'ms', await timed(times, page), floor),
      row(`${what}, packed JSON`, 'kB', [page(1).length / 1000], {
        name: 'the samples in the file',
        values: [bytes.length / 1000],
      }),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function energy({ samples }: { samples: readonly (number | null)[] }): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) sum += (samples[index] ?? 0) ** 2;
  return sum;
}
