import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defaultRuleTable } from '../../../shared/ecg/default-reading-rules.ts';
import { synthesizeRhythm } from '../../../shared/ecg/synthesize-rhythms.ts';
import type { EcgView } from '../../../shared/contracts/ecg.ts';
import { writeDicomEcg } from '../../../server/ecg/encode/dicom-ecg.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

let hub: TestHub;
let person: TestClient;
let clinic: TestWindow;

beforeAll(async () => {
  hub = await startTestHub();
  person = await hub.signIn('clinic1');
  clinic = await person.connect();
}, 180_000);
afterAll(() => hub.close(), 60_000);

async function upload(
  patient: { name: string; sex: 'male' | 'female'; birthDate?: string },
  options: Parameters<typeof synthesizeRhythm>[0],
): Promise<EcgView> {
  const { id } = (await clinic.request('patient:register', patient)).patient;
  const body = new FormData();
  body.append('patientId', id);
  body.append('file', new Blob([new Uint8Array(writeDicomEcg(synthesizeRhythm(options).document))]), 'ecg.dcm');
  return (await (await person.http('/api/ecgs', { method: 'POST', body })).json()) as EcgView;
}

test('[EC9] an infarct pattern is graded critical, with rule, leads, figures, territory and source', async () => {
  const { preRead } = await upload(
    { name: '心甲', sex: 'male', birthDate: '1950-03-12' },
    { morphology: 'inferior-stemi' },
  );
  expect(preRead?.danger).toBe(1);
  const stemi = preRead?.results.find(({ ruleId }) => ruleId === 'stemi');
  expect(stemi?.territories).toContain('inferior');
  expect(stemi?.leads).toEqual(expect.arrayContaining(['II', 'III', 'aVF']));
  expect(stemi?.citation).toMatch(/Universal Definition/);
  for (const { measured, limit } of stemi?.values ?? []) expect(measured).toBeGreaterThanOrEqual(limit);
  expect(preRead?.ruleTable).toEqual({ id: defaultRuleTable.id, edition: defaultRuleTable.edition });
});

test('[EC9] a normal trace is graded unremarkable, and its intervals are measured', async () => {
  const { preRead } = await upload(
    { name: '心乙', sex: 'female', birthDate: '1980-01-01' },
    { heartRatePerMinute: 72 },
  );
  expect(preRead?.danger).toBe(4);
  expect(preRead?.results).toEqual([]);
  expect(preRead?.rhythm.map(({ code }) => code)).toContain('sinus-rhythm');
  for (const name of ['pr', 'qrs', 'qt', 'qtcBazett'])
    expect([name, typeof preRead?.intervals[name]]).toEqual([name, 'number']);
});

test('[EC9] limits follow the patient’s sex and age as the hub knows them, and say what was not known', async () => {
  const options = { morphology: 'inferior-stemi', seed: 3 } as const;
  const unknown = await upload({ name: '心丙', sex: 'male' }, options);
  const known = await upload({ name: '心丁', sex: 'male', birthDate: '1950-03-12' }, options);
  const assumed = (ecg: EcgView) => (ecg.preRead?.results ?? []).flatMap((result) => result.assumed);
  expect(assumed(known)).toEqual([]);
  expect(assumed(unknown).every((what) => what === 'age')).toBe(true);
});

test('[EC10] a recording with loose electrodes says so to its sender at once', async () => {
  const { preRead } = await upload(
    { name: '心戊', sex: 'male', birthDate: '1970-01-01' },
    { artefacts: [{ kind: 'flat', leads: ['V3'] }] },
  );
  expect(preRead?.quality).toContainEqual(
    expect.objectContaining({ code: 'lead-off-flat', severity: 'repeat', leads: ['V3'] }),
  );
  // Nothing is called unremarkable that should be recorded again.
  expect(preRead?.danger).toBeNull();
});

test('[EC10] arms that were swapped are suspected', async () => {
  const { preRead } = await upload({ name: '心己', sex: 'male', birthDate: '1970-01-01' }, { swap: 'arms' });
  expect(preRead?.quality.map(({ code }) => code)).toContain('arm-leads-reversed');
});
