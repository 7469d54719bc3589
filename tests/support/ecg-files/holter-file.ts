/** Recordings of hours and days, made quickly: two written minutes of a synthetic ECG, repeated. */
import { open } from 'node:fs/promises';
import { crcCcitt } from '../../../server/ecg/decode/crc-ccitt.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import type { EcgDocument, EcgFilePatient } from '../../../shared/ecg/waveform.ts';
import { traceWriters } from './synthetic-files.ts';

export interface HolterFile {
  format: 'edf' | 'ishne';
  minutes: number;
  /** Minutes from this one on beat fast. */
  fastFromMinute: number;
  patient?: EcgFilePatient;
  sampleRateHz?: number;
  leadNames?: readonly string[];
}

export const calmRate = 60;
export const fastRate = 120;

/** A calm minute and a fast one, one after the other. */
function twoMinutes({ sampleRateHz = 200, leadNames = ['I', 'II', 'V5'] }: HolterFile): EcgDocument {
  const [calm, fast] = [calmRate, fastRate].map(
    (heartRatePerMinute) =>
      synthesizeEcg({ heartRatePerMinute, durationSeconds: 60, sampleRateHz, noiseMicrovolts: 5, seed: 11 }).document,
  );
  const leadOf = (document: EcgDocument, name: string) =>
    document.groups[0]!.leads.find((lead) => lead.name === name)!.samples;
  const leads = leadNames.map((name) => ({
    name,
    sampleRateHz,
    unit: 'uV' as const,
    samples: [...leadOf(calm!, name), ...leadOf(fast!, name)],
  }));
  return { ...calm!, acquiredAt: '2026-03-02T08:00:00', groups: [{ label: 'rhythm', leads }] };
}

/** Writes the file to `path` minute by minute, so that a day takes little memory. Returns the two minutes of it. */
export async function writeHolter(path: string, options: HolterFile): Promise<EcgDocument> {
  const document = twoMinutes(options);
  const { format, minutes, fastFromMinute, patient } = options;
  const written = Buffer.from(traceWriters[format](document, patient === undefined ? {} : { patient }));
  const headerBytes = format === 'ishne' ? 522 : Number(written.toString('latin1', 184, 192));
  const header = written.subarray(0, headerBytes);
  const minuteBytes = (written.length - headerBytes) / 2;
  const minuteAt = (place: number) =>
    written.subarray(headerBytes + place * minuteBytes, headerBytes + (place + 1) * minuteBytes);
  const perMinute = format === 'edf' ? Number(header.toString('latin1', 236, 244)) / 2 : 0;
  if (format === 'edf') header.write(String(perMinute * minutes).padEnd(8), 236, 'latin1');
  else {
    header.writeInt32LE(document.groups[0]!.leads[0]!.sampleRateHz * 60 * minutes, 14);
    header.writeUInt16LE(crcCcitt(header.subarray(10, 522)), 8);
  }
  const recordBytes = minuteBytes / Math.max(1, perMinute);
  const samplesBytes =
    2 * 60 * document.groups[0]!.leads.length * (document.groups[0]!.leads[0]!.sampleRateHz / perMinute);
  const file = await open(path, 'w');
  try {
    await file.write(header);
    for (let minute = 0; minute < minutes; minute += 1) {
      const bytes = Buffer.from(minuteAt(minute < fastFromMinute ? 0 : 1));
      // Each record of EDF+ says when it starts (EDF+ 2.2.4).
      for (let record = 0; record < perMinute; record += 1) {
        const start = (minute * perMinute + record) * (60 / perMinute);
        const notes = bytes.subarray(record * recordBytes + samplesBytes, (record + 1) * recordBytes);
        notes.fill(0).write(`+${start}\x14\x14`, 'latin1');
      }
      await file.write(bytes);
    }
  } finally {
    await file.close();
  }
  return document;
}
