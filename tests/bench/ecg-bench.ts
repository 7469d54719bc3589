import dicomParser from 'dicom-parser';
import { SaxesParser } from 'saxes';
import { detectRPeaks } from '../../shared/ecg/detect-r-peaks.ts';
import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import { decodeEcg } from '../../server/ecg/decode/decode-ecg.ts';
import { writeDicomEcg } from '../../server/ecg/encode/dicom-ecg.ts';
import { writeHl7Aecg } from '../../server/ecg/encode/hl7-aecg.ts';
import { writeScpEcg } from '../../server/ecg/encode/scp-ecg.ts';
import { row, timed, type BenchRow } from './measure.ts';

const times = 100;

/** Reading a 10 s 12-lead file, beside bare parsers that only walk it, and finding its beats, beside one pass over it. */
export async function benchEcg(): Promise<BenchRow[]> {
  const { document } = synthesizeEcg({ rhythm: 'sinus', noiseMicrovolts: 8 });
  const leads = document.groups[0]!.leads;
  const dicom = writeDicomEcg(document);
  const scp = writeScpEcg(document);
  const aecg = writeHl7Aecg(document);
  const text = Buffer.from(aecg).toString('utf8');
  const walkDicom = {
    name: 'dicom-parser alone, the DICOM form',
    values: await timed(times, () => dicomParser.parseDicom(dicom)),
  };
  const walkXml = { name: 'saxes alone', values: await timed(times, () => new SaxesParser().write(text).close()) };
  const pass = { name: 'one pass over the samples', values: await timed(times, () => leads.map(energy)) };
  const what = '12 leads, 10 s';
  return [
    row(`decode DICOM ECG, ${what}`, 'ms', await timed(times, () => decodeEcg(dicom)), walkDicom),
    row(`decode SCP-ECG, ${what}`, 'ms', await timed(times, () => decodeEcg(scp)), walkDicom),
    row(`decode HL7 aECG, ${what}`, 'ms', await timed(times, () => decodeEcg(aecg)), walkXml),
    row(`detect R peaks, ${what}`, 'ms', await timed(times, () => detectRPeaks(leads)), pass),
  ];
}

function energy({ samples }: { samples: readonly (number | null)[] }): number {
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) sum += (samples[index] ?? 0) ** 2;
  return sum;
}
