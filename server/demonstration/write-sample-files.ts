import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EcgFilePatient } from '../../shared/ecg/waveform.ts';
import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import { writeDicomEcg } from '../ecg/encode/dicom-ecg.ts';
import { writeHl7Aecg } from '../ecg/encode/hl7-aecg.ts';
import { writeScpEcg } from '../ecg/encode/scp-ecg.ts';
import { synthesizeCt, synthesizeDr } from '../imaging/synthesize/synthesize-studies.ts';
import type { ThreadJob } from '../platform/threads/thread-pool.ts';

// Runs in a worker thread: drawing a chest of sixty slices takes seconds.

const wang: Required<Pick<EcgFilePatient, 'id' | 'name' | 'sex' | 'birthDate'>> = {
  id: '330399195003120014',
  name: '王建国',
  sex: 'male',
  birthDate: '1950-03-12',
};
const li = { id: '330399196208251047', name: '李秀英', sex: 'female', birthDate: '1962-08-25' } as const;

/** Writes the files that a visitor drags in: made up by our own code, of people who do not exist. */
export function writeSampleFiles(input: { folder: string }): void {
  const put = (name: string, bytes: Uint8Array) => writeFileSync(join(input.folder, name), bytes);
  mkdirSync(join(input.folder, 'CT'), { recursive: true });
  const infarct = synthesizeEcg({
    rhythm: 'inferior-stemi',
    seed: 7,
    heartRatePerMinute: 58,
    noiseMicrovolts: 6,
    wanderMicrovolts: 20,
  }).document;
  const sinus = synthesizeEcg({
    rhythm: 'sinus',
    seed: 3,
    heartRatePerMinute: 74,
    noiseMicrovolts: 6,
    wanderMicrovolts: 20,
  }).document;
  put('心电-王建国-下壁STEMI.dcm', writeDicomEcg(infarct, { patient: wang }));
  put('心电-王建国-下壁STEMI.scp', writeScpEcg(infarct, { patient: wang }));
  put('心电-王建国-下壁STEMI.xml', writeHl7Aecg(infarct, { patient: wang }));
  put('心电-李秀英-窦性心律.dcm', writeDicomEcg(sinus, { patient: li }));
  put('心电-李秀英-窦性心律.scp', writeScpEcg(sinus, { patient: li }));
  const patient = { name: 'Wang^Jianguo=王^建国', id: wang.id, birthDate: '19500312', sex: 'M' } as const;
  synthesizeCt({ patient, slices: 48 }).files.forEach((file, index) =>
    put(join('CT', `CT-${String(index + 1).padStart(3, '0')}.dcm`), file),
  );
  put('DR-王建国-胸部正位.dcm', synthesizeDr({ patient }));
}

export const writeSampleFilesJob: ThreadJob<{ folder: string }, void> = {
  moduleUrl: import.meta.url,
  exportName: 'writeSampleFiles',
  timeoutMs: 180_000,
};
