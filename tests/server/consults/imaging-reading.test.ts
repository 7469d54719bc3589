import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ImagingReadingView } from '../../../shared/contracts/readings.ts';
import type { ReportView } from '../../../shared/contracts/reports.ts';
import { consultRecord } from '../../../server/consults/consult-record.ts';
import { writeDicomFile } from '../../../server/imaging/dicom-writer.ts';
import { askedImagingReading, patientWithRadiograph } from '../../support/asked-imaging-reading.ts';
import { askedReading, patientWithEcg } from '../../support/asked-reading.ts';
import { patientHeader } from '../../../shared/contracts/imaging.ts';
import { smallInstance, stow } from '../../support/dicom-web.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

const MINUTE_MS = 60_000;

let hub: TestHub;
let clinicPerson: TestClient;
let clinic: TestWindow;
let foreign: TestWindow;
let radiologistPerson: TestClient;
let radiologist: TestWindow;
let imagingReviewer: TestWindow;
let ecgReader: TestWindow;

beforeAll(async () => {
  hub = await startTestHub();
  clinicPerson = await hub.signIn('clinic1');
  clinic = await clinicPerson.connect();
  foreign = await (await hub.signIn('clinic2')).connect();
  radiologistPerson = await hub.signIn('radiologist1');
  radiologist = await radiologistPerson.connect();
  imagingReviewer = await (await hub.signIn('radiologist2')).connect();
  ecgReader = await (await hub.signIn('oncall1')).connect();
}, 180_000);
afterAll(() => hub.close());

const refused = (code: string) => expect.objectContaining({ code });
const open = async (window: TestWindow) => (await window.request('reading:list', { state: 'open' })).readings;
const asked = (name: string, wish: { note?: string; urgent?: boolean } = {}) =>
  askedImagingReading(clinicPerson, clinic, name, wish);
const minutesOf = ({ dueAt, requestedAt }: { dueAt: string; requestedAt: string }) =>
  (Date.parse(dueAt) - Date.parse(requestedAt)) / MINUTE_MS;
const content = { findings: '双肺纹理清晰。', impression: '心、肺、膈未见明显异常。', advice: '' };
const draft = async (reading: ImagingReadingView, by = radiologist) => {
  const { studyInstanceUid } = reading.study;
  return (await by.request('report:draft', { consultId: reading.id, kind: 'imaging', studyInstanceUid, content }))
    .report;
};
const on = ({ id, version }: ReportView) => ({ reportId: id, version });

test('[RI1] images stand in the queue of the imaging doctors with examination and patient, and they may look at them', async () => {
  const { patientId, studyInstanceUid } = await patientWithRadiograph(clinicPerson, clinic, '影一');
  const { reading, existing } = await clinic.request('reading:request', { studyInstanceUid, note: '咳嗽两周' });
  expect(existing).toBe(false);
  expect(reading).toMatchObject({
    ...{ kind: 'imaging', patientId, patientName: '影一', toOrganisationName: '示范县人民医院', grade: 3 },
    ...{ stage: 'unread', note: '咳嗽两周', urgent: false, claim: null },
    study: { studyInstanceUid, examination: 'xray', modalities: ['DX'], studyDate: '2026-03-01', imageCount: 1 },
  });
  for (const window of [radiologist, imagingReviewer, clinic]) expect(await open(window)).toContainEqual(reading);
  expect(await clinic.request('reading:list-of-patient', { patientId })).toEqual({ readings: [reading] });
  const { patient } = await radiologist.request('reading:read', { readingId: reading.id });
  expect(patient.name).toBe('影一');
  const { studies } = await radiologist.request('imaging:list', { patientId });
  expect(studies.map((study) => study.studyInstanceUid)).toEqual([studyInstanceUid]);
  expect((await radiologistPerson.http(`/dicom-web/studies/${studyInstanceUid}/metadata`)).status).toBe(200);
  await expect(foreign.request('reading:read', { readingId: reading.id })).rejects.toEqual(refused('not-found'));
  // It is no case.
  const { consults } = await clinic.request('consult:list', { state: 'all' });
  expect(consults.map(({ id }) => id)).not.toContain(reading.id);
});

test('[RI2] a study has one open reading, also when it is asked for twice in the same moment, and nothing else is asked about', async () => {
  const { studyInstanceUid, patientId } = await patientWithRadiograph(clinicPerson, clinic, '影二');
  const other = await clinicPerson.connect();
  const answers = await Promise.all(
    [clinic, other].map((window) => window.request('reading:request', { studyInstanceUid })),
  );
  expect(answers.map(({ existing }) => existing).sort()).toEqual([false, true]);
  const readingId = answers[0]!.reading.id;
  expect(answers[1]!.reading.id).toBe(readingId);
  await clinic.request('reading:withdraw', { readingId, reason: '重拍' });
  expect((await clinic.request('reading:request', { studyInstanceUid })).existing).toBe(false);

  await expect(foreign.request('reading:request', { studyInstanceUid })).rejects.toEqual(refused('not-found'));
  const { ecgId } = await patientWithEcg(clinicPerson, clinic, '影二心电');
  for (const payload of [
    {},
    { ecgId, studyInstanceUid },
    { studyInstanceUid: ['1'] },
    { studyInstanceUid: '1'.repeat(65) },
  ])
    expect(await clinic.raw('reading:request', payload, {})).toMatchObject({ ok: false, error: { code: 'invalid' } });
  expect(await clinic.raw('reading:request', { studyInstanceUid: '2.25.404' }, {})).toMatchObject({
    ...{ ok: false, error: { code: 'not-found' } },
  });
  // A study of reports alone has no images to read.
  const report = writeDicomFile({
    ...{ sopClassUid: '1.2.840.10008.5.1.4.1.1.88.11', sopInstanceUid: '2.25.88031' },
    elements: [
      { tag: 0x00080016, vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.88.11' },
      { tag: 0x00080018, vr: 'UI', value: '2.25.88031' },
      { tag: 0x00080060, vr: 'CS', value: 'SR' },
      { tag: 0x0020000d, vr: 'UI', value: '2.25.88032' },
      { tag: 0x0020000e, vr: 'UI', value: '2.25.88033' },
    ],
  });
  expect((await stow(clinicPerson, `?patientId=${patientId}&confirmMismatch=true`, [report])).status).toBe(200);
  await expect(clinic.request('reading:request', { studyInstanceUid: '2.25.88032' })).rejects.toEqual(
    refused('invalid'),
  );
});

test('[RI3] imaging doctors read images and ECG doctors ECGs, each in a queue of their own', async () => {
  const images = await asked('影三');
  const ecg = await askedReading(clinicPerson, clinic, '影三心电');
  const idsOf = async (window: TestWindow) => (await open(window)).map(({ id }) => id);
  for (const window of [radiologist, imagingReviewer]) {
    expect(await idsOf(window)).toContain(images.id);
    expect(await idsOf(window)).not.toContain(ecg.id);
  }
  expect(await idsOf(ecgReader)).toContain(ecg.id);
  expect(await idsOf(ecgReader)).not.toContain(images.id);
  expect(await idsOf(clinic)).toEqual(expect.arrayContaining([images.id, ecg.id]));
  const claim = (window: TestWindow, { id }: { id: string }) => window.request('reading:claim', { readingId: id });
  await expect(claim(ecgReader, images)).rejects.toEqual(refused('forbidden'));
  await expect(claim(radiologist, ecg)).rejects.toEqual(refused('forbidden'));
  await expect(claim(imagingReviewer, images)).rejects.toEqual(refused('forbidden'));
  await expect(draft(images, ecgReader)).rejects.toEqual(refused('forbidden'));
  expect((await claim(radiologist, images)).reading.claim!.name).toBe('许知影');
});

test('[RI4] the time to sign follows from examination and hurry, a critical value makes it critical', async () => {
  expect(minutesOf(await asked('影四平'))).toBe(120);
  const hurried = await asked('影四急', { urgent: true });
  expect([minutesOf(hurried), hurried.grade]).toEqual([30, 2]);
  const { value } = await radiologist.request('critical-value:report', {
    ...{ consultId: hurried.id, finding: '张力性气胸' },
  });
  expect(value.consultKind).toBe('imaging-reading');
  const critical = (await radiologist.request('reading:read', { readingId: hurried.id })).reading;
  expect(critical.grade).toBe(1);
  // From when a doctor has seen it, not from the request: nobody is late who tells at once.
  const left = (Date.parse(critical.dueAt) - Date.parse(value.foundAt)) / MINUTE_MS;
  expect(left).toBe(10);
  // The most dangerous first, then by the time that is left.
  expect((await open(radiologist))[0]!.id).toBe(hurried.id);
  const report = await draft(hurried);
  const once = (await radiologist.request('report:sign', on(report))).report;
  await imagingReviewer.request('report:review', on(once));
  const stage = async () => (await clinic.request('reading:read', { readingId: hurried.id })).reading.stage;
  expect(await stage()).toBe('critical-value-open');
  await clinic.request('critical-value:read-back', { criticalValueId: value.id });
  expect(await stage()).toBe('read');
});

test('[RI5] the reading follows its report, which is about its study and is signed by two imaging doctors', async () => {
  const reading = await asked('影五');
  const elsewhere = await patientWithRadiograph(clinicPerson, clinic, '影五别人');
  const target = { consultId: reading.id, kind: 'imaging', content } as const;
  await expect(
    radiologist.request('report:draft', { ...target, studyInstanceUid: elsewhere.studyInstanceUid }),
  ).rejects.toEqual(refused('invalid'));
  await radiologist.request('reading:claim', { readingId: reading.id });
  const once = (await radiologist.request('report:sign', on(await draft(reading)))).report;
  const stageOf = async () => (await clinic.request('reading:read', { readingId: reading.id })).reading;
  expect(await stageOf()).toMatchObject({ stage: 'awaiting-review', reporterName: '许知影', claim: null });
  await expect(radiologist.request('report:review', on(once))).rejects.toEqual(refused('same-signer'));
  await expect(ecgReader.request('report:review', on(once))).rejects.toEqual(refused('forbidden'));
  const final = (await imagingReviewer.request('report:review', on(once))).report;
  expect(await stageOf()).toMatchObject({ stage: 'read', reviewerName: '方正清', reportId: final.id });
  const pdf = await clinicPerson.http(`/api/reports/${final.id}/pdf`);
  expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  // Read, the study may be asked about again.
  const again = await clinic.request('reading:request', { studyInstanceUid: reading.study.studyInstanceUid });
  expect(again.existing).toBe(false);
});

test('[RI9] images that come after the first signature are counted, the report keeps how many it was about', async () => {
  const reading = await asked('影九');
  const { studyInstanceUid } = reading.study;
  const signed = (await radiologist.request('report:sign', on(await draft(reading)))).report;
  expect(signed.imageCount).toBe(1);
  const late = (sopInstanceUid: string, modality: string) =>
    smallInstance({
      studyInstanceUid,
      seriesInstanceUid: `2.25.909.${modality === 'SR' ? 2 : 1}`,
      sopInstanceUid,
      modality,
    });
  const files = [late('2.25.909.1.1', 'DX'), late('2.25.909.2.1', 'SR')];
  const sent = await stow(clinicPerson, `?patientId=${reading.patientId}&confirmMismatch=true`, files);
  expect(sent.status).toBe(200);
  const now = (await imagingReviewer.request('reading:read', { readingId: reading.id })).reading;
  expect(now.kind === 'imaging' && now.study.imageCount).toBe(2);
  const final = (await imagingReviewer.request('report:review', on(signed))).report;
  expect([final.state, final.imageCount]).toEqual(['final', 1]);
});

test('[RI10] the newest studies are listed and how many there are; older ones on demand, the one that is read always', async () => {
  const { patientId, studyInstanceUid } = await patientWithRadiograph(clinicPerson, clinic, '影十');
  const files = [1, 2, 3, 4].map((number) =>
    smallInstance({
      studyInstanceUid: `2.25.910.${number}`,
      seriesInstanceUid: `2.25.910.${number}.1`,
      sopInstanceUid: `2.25.910.${number}.1.1`,
      modality: 'DX',
    }),
  );
  for (const file of files)
    expect((await stow(clinicPerson, `?patientId=${patientId}&confirmMismatch=true`, [file])).status).toBe(200);
  await clinic.request('reading:request', { studyInstanceUid });
  const listed = async (more: { limit?: number; studyInstanceUid?: string }) => {
    const { studies, total } = await radiologist.request('imaging:list', { patientId, ...more });
    return [studies.map((study) => study.studyInstanceUid), total];
  };
  const newest = ['2.25.910.4', '2.25.910.3'];
  expect(await listed({ limit: 2 })).toEqual([newest, 5]);
  expect(await listed({ limit: 2, studyInstanceUid })).toEqual([[...newest, studyInstanceUid], 5]);
  expect(await listed({ limit: 2, studyInstanceUid: '2.25.910.3' })).toEqual([newest, 5]);
  expect(await listed({ limit: 2, studyInstanceUid: '2.25.999' })).toEqual([newest, 5]);
  expect((await listed({}))[0]).toHaveLength(5);
});

test('[RI6] one click makes an urgent consult of it, which says where it came from', async () => {
  const reading = await asked('影六');
  for (const window of [clinic, ecgReader])
    await expect(window.request('reading:escalate', { readingId: reading.id })).rejects.toEqual(refused('forbidden'));
  const answer = await radiologist.request('reading:escalate', { readingId: reading.id });
  expect(answer.reading).toMatchObject({ grade: 1, escalatedConsultId: answer.escalatedToConsultId });
  const { consult } = await radiologist.request('consult:read', { consultId: answer.escalatedToConsultId });
  expect(consult.reason).toBe('影像诊断发现紧急情况，转急会诊');
  await clinic.request('alarm:withdraw', { alarmId: consult.alarmId, reason: '试' });
});

test('[RI7] reviewers set the times of examinations, none shorter without hurry than with it; what is left out stays', async () => {
  const { rules } = await radiologist.request('reading:read-rules', {});
  const { minutesByGrade, leaseMinutes, version } = rules;
  const given = { minutesByGrade, leaseMinutes, edition: '影像科2026版', version };
  const imagingMinutes = { ...rules.imagingMinutes, xray: { urgent: 20, routine: 45 } };
  await expect(radiologist.request('reading:set-rules', { ...given, imagingMinutes })).rejects.toEqual(
    refused('forbidden'),
  );
  const wrong = { ...rules.imagingMinutes, mr: { urgent: 90, routine: 60 } };
  await expect(imagingReviewer.request('reading:set-rules', { ...given, imagingMinutes: wrong })).rejects.toEqual(
    refused('invalid'),
  );
  const set = (await imagingReviewer.request('reading:set-rules', { ...given, imagingMinutes })).rules;
  expect(set.imagingMinutes).toEqual(imagingMinutes);
  expect(minutesOf(await asked('影七'))).toBe(45);
  // Each field's reviewers set its own times.
  const slower = { ...minutesByGrade, unremarkable: minutesByGrade.unremarkable + 1 };
  const next = { ...given, version: set.version };
  await expect(imagingReviewer.request('reading:set-rules', { ...next, minutesByGrade: slower })).rejects.toEqual(
    refused('forbidden'),
  );
  const ecgReviewer = await (await hub.signIn('oncall2')).connect();
  await expect(
    ecgReviewer.request('reading:set-rules', { ...next, imagingMinutes: rules.imagingMinutes }),
  ).rejects.toEqual(refused('forbidden'));
  const kept = (await imagingReviewer.request('reading:set-rules', { ...given, version: set.version })).rules;
  expect(kept.imagingMinutes).toEqual(imagingMinutes);
});

test('[RI8] of one study with the patients of two clinics each is read, shown and reported with its own images', async () => {
  const foreignPerson = await hub.signIn('clinic2');
  const samples = [0, 1].map((index) => {
    const pixels = new Uint8Array(64).fill(index + 1);
    return smallInstance({
      studyInstanceUid: '2.25.77001',
      modality: 'DX',
      elements: [
        { tag: 0x00280010, vr: 'US', value: 8 },
        { tag: 0x00280011, vr: 'US', value: 8 },
      ],
      pixelData: { native: pixels, bitsAllocated: 8 },
    });
  });
  const readings = [];
  for (const [index, [person, window]] of (
    [
      [clinicPerson, clinic],
      [foreignPerson, foreign],
    ] as const
  ).entries()) {
    const { patient } = await window.request('patient:register', { name: `双${index}`, sex: 'male' });
    const sent = await stow(person, `?patientId=${patient.id}&confirmMismatch=true`, [samples[index]!]);
    expect(sent.status).toBe(200);
    const about = { studyInstanceUid: '2.25.77001', patientId: patient.id };
    readings.push((await window.request('reading:request', about)).reading);
  }
  const address = '/dicom-web/studies/2.25.77001/series/2.25.77001.1/instances/2.25.77001.1.1';
  for (const [index, reading] of readings.entries()) {
    const headers = { accept: 'application/dicom', [patientHeader]: reading.patientId };
    const image = await radiologistPerson.http(address, { headers });
    expect(Buffer.from(await image.arrayBuffer()).equals(Buffer.from(samples[index]!))).toBe(true);
    const target = { consultId: reading.id, kind: 'imaging', studyInstanceUid: '2.25.77001', content } as const;
    const { report } = await radiologist.request('report:draft', target);
    expect(report.patientId).toBe(reading.patientId);
  }
  // Nobody named: neither stands for the other.
  expect((await radiologistPerson.http(address)).status).toBe(409);
  // A clinic sees its own alone, whoever it names.
  const [mine, theirs] = readings.map(({ patientId }) => patientId);
  expect((await clinicPerson.http(address)).status).toBe(200);
  expect((await clinicPerson.http(address, { headers: { [patientHeader]: mine! } })).status).toBe(200);
  expect((await clinicPerson.http(address, { headers: { [patientHeader]: theirs! } })).status).toBe(404);
  await expect(
    clinic.request('reading:request', { studyInstanceUid: '2.25.77001', patientId: theirs! }),
  ).rejects.toEqual(refused('not-found'));
});

test('[RI3] readings from before images were read from the queue are ECG readings as before', async () => {
  const reading = await askedReading(clinicPerson, clinic, '影旧');
  await hub.running.hub.store
    .model(consultRecord)
    .updateOne({ _id: reading.id }, { $unset: { 'reading.studyInstanceUid': '', 'reading.examination': '' } });
  expect((await ecgReader.request('reading:read', { readingId: reading.id })).reading).toMatchObject({ kind: 'ecg' });
  await ecgReader.request('reading:claim', { readingId: reading.id });
  const target = { consultId: reading.id, kind: 'ecg', ecgId: reading.ecgId } as const;
  expect((await ecgReader.request('report:draft', { ...target, content })).report.state).toBe('draft');
});
