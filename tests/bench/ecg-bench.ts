import dicomParser from 'dicom-parser';
import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import { detectRPeaks } from '../../shared/ecg/detect-r-peaks.ts';
import { decodeEcg } from '../../server/ecg/decode/decode-ecg.ts';
import { writeDicomEcg } from '../../server/ecg/encode/dicom-ecg.ts';
import { writeHl7Aecg } from '../../server/ecg/encode/hl7-aecg.ts';
import { writeScpEcg } from '../../server/ecg/encode/scp-ecg.ts';
import { row, timed, type BenchRow } from './measure.ts';

/** Reading a 10 s 12-lead file, beside the time that dicom-parser alone takes to walk the DICOM one. */
export async function benchEcg(): Promise<BenchRow[]> {
  const { document } = synthesizeEcg({ rhythm: 'sinus', noiseMicrovolts: 8 });
  const dicom = writeDicomEcg(document);
  const floor = { name: 'dicom-parser alone', values: await timed(200, () => dicomParser.parseDicom(dicom)) };
  const leads = document.groups[0]!.leads;
  return [
    row('decode DICOM ECG, 12 leads, 10 s', 'ms', await timed(200, () => decodeEcg(dicom)), floor),
    row(
      'decode SCP-ECG, 12 leads, 10 s',
      'ms',
      await timed(
        200,
        (() => {
          const scp = writeScpEcg(document);
          return () => decodeEcg(scp);
        })(),
      ),
      floor,
    ),
    row(
      'decode HL7 aECG, 12 leads, 10 s',
      'ms',
      await timed(
        100,
        (() => {
          const aecg = writeHl7Aecg(document);
          return () => decodeEcg(aecg);
        })(),
      ),
      floor,
    ),
    row('detect R peaks, 12 leads, 10 s', 'ms', await timed(100, () => detectRPeaks(leads))),
  ];
}
