import { synthesizeEcg } from '../../shared/ecg/synthesize.ts';
import type { EcgView } from '../../shared/contracts/ecg.ts';
import type { EcgReadingView } from '../../shared/contracts/readings.ts';
import { writeDicomEcg } from '../../server/ecg/encode/dicom-ecg.ts';
import type { TestClient, TestWindow } from './hub.ts';

let seed = 100;

/** A patient of the clinic with one ECG. */
export async function patientWithEcg(
  person: TestClient,
  window: TestWindow,
  name: string,
): Promise<{ patientId: string; ecgId: string }> {
  const { patient } = await window.request('patient:register', { name, sex: 'female' });
  seed += 1;
  const bytes = writeDicomEcg(synthesizeEcg({ rhythm: 'sinus', seed }).document);
  const body = new FormData();
  body.append('patientId', patient.id);
  body.append('file', new Blob([new Uint8Array(bytes)]), 'ecg.dcm');
  const response = await person.http('/api/ecgs', { method: 'POST', body });
  if (response.status !== 201) throw new Error(`the ECG was answered ${response.status}`);
  return { patientId: patient.id, ecgId: ((await response.json()) as EcgView).id };
}

/** A reading that the clinic has asked for. */
export async function askedReading(
  person: TestClient,
  window: TestWindow,
  name: string,
  wish: { note?: string; urgent?: boolean } = {},
): Promise<EcgReadingView> {
  const { ecgId } = await patientWithEcg(person, window, name);
  const { reading } = await window.request('reading:request', { ecgId, ...wish });
  return { ...reading, kind: 'ecg', ecgId };
}
