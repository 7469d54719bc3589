import type { ImagingReadingView } from '../../shared/contracts/readings.ts';
import { synthesizeDrSeries } from '../../server/imaging/synthesize/synthesize-studies.ts';
import { stow } from './dicom-web.ts';
import type { TestClient, TestWindow } from './hub.ts';

let seed = 500;

/** A patient of the clinic with a small radiograph. */
export async function patientWithRadiograph(
  person: TestClient,
  window: TestWindow,
  name: string,
): Promise<{ patientId: string; studyInstanceUid: string }> {
  const { patient } = await window.request('patient:register', { name, sex: 'female' });
  seed += 1;
  const series = synthesizeDrSeries({
    patient: { name: `X=${name}`, id: `D${seed}`, sex: 'F' },
    seed,
    rows: 64,
    columns: 64,
  });
  const response = await stow(person, `?patientId=${patient.id}&confirmMismatch=true`, series.files);
  if (response.status !== 200) throw new Error(`the radiograph was answered ${response.status}`);
  return { patientId: patient.id, studyInstanceUid: series.studyInstanceUid };
}

/** A reading of images that the clinic has asked for. */
export async function askedImagingReading(
  person: TestClient,
  window: TestWindow,
  name: string,
  wish: { note?: string; urgent?: boolean } = {},
): Promise<ImagingReadingView> {
  const { studyInstanceUid } = await patientWithRadiograph(person, window, name);
  const { reading } = await window.request('reading:request', { studyInstanceUid, ...wish });
  if (reading.kind !== 'imaging') throw new Error('not a reading of images');
  return reading;
}
