import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defaultRuleTable } from '../../../shared/ecg/default-reading-rules.ts';
import { requests, type RequestName } from '../../../shared/contracts/registry.ts';
import type { EcgView } from '../../../shared/contracts/ecg.ts';
import { synthesizeEcg } from '../../../shared/ecg/synthesize.ts';
import { slices } from '../../../server/app.ts';
import { writeScpEcg } from '../../../server/ecg/encode/scp-ecg.ts';
import { policy } from '../../../server/permissions/policy.ts';
import type { EventTable } from '../../../server/platform/socket/events.ts';
import { acceptedCase } from '../../support/accepted-case.ts';
import { smallInstance, stow } from '../../support/dicom-web.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

const events = Object.assign({}, ...slices(() => undefined).map((slice) => slice.events ?? {})) as EventTable;
const names = Object.keys(requests) as RequestName[];
const scopeOf = (name: RequestName) => policy[events[name].permission].scope;

const patientName = '单独一人';
let hub: TestHub;
let clinic: TestWindow;
let stranger: TestWindow;
const offices: { username: string; window: TestWindow }[] = [];
let strangers: TestClient[] = [];
/** The records of the case, by the names that contracts call them. */
let ids: Record<string, string>;

beforeAll(async () => {
  hub = await startTestHub();
  const clinicPerson = await hub.signIn('clinic1');
  clinic = await clinicPerson.connect();
  const desk = await (await hub.signIn('oncall1')).connect();
  const strangerPerson = await hub.signIn('clinic2');
  stranger = await strangerPerson.connect();
  strangers = [strangerPerson];
  for (const username of ['office1', 'admin']) {
    const person = await hub.signIn(username);
    strangers.push(person);
    offices.push({ username, window: await person.connect() });
  }
  const alarm = await acceptedCase(clinic, desk, patientName);
  const { document } = synthesizeEcg({
    rhythm: 'sinus',
    seed: 5,
    heartRatePerMinute: 70,
    noiseMicrovolts: 5,
    wanderMicrovolts: 0,
  });
  const form = new FormData();
  form.set('patientId', alarm.patientId);
  form.set('file', new Blob([writeScpEcg(document, { patient: {} }) as Uint8Array<ArrayBuffer>]), 'a.scp');
  const ecg = (await (await clinicPerson.http('/api/ecgs', { method: 'POST', body: form })).json()) as EcgView;
  const { report } = await desk.request('report:draft', {
    consultId: alarm.consultId,
    kind: 'ecg',
    ecgId: ecg.id,
    content: { findings: '窦性心律', impression: '正常心电图', advice: '' },
  });
  const { reading } = await clinic.request('reading:request', { ecgId: ecg.id });
  const { value } = await desk.request('critical-value:report', { consultId: alarm.consultId, finding: '室速' });
  const picture = (pixels: number[]) =>
    smallInstance({
      studyInstanceUid: '2.25.31',
      name: patientName,
      pixelData: { native: new Uint8Array(pixels), bitsAllocated: 8 },
    });
  await stow(clinicPerson, `?patientId=${alarm.patientId}`, [picture([0, 1]), picture([0, 2])]);
  const { instances } = await clinic.request('imaging:list-quarantine', {});
  const { mark } = await clinic.request('image-mark:write', {
    patientId: alarm.patientId,
    mark: { kind: 'key-image', sopInstanceUid: '2.25.31.1.1', frameNumber: 1 },
    version: 0,
  });
  ids = {
    quarantineId: instances[0]!.id,
    markId: mark.markId,
    criticalValueId: value.id,
    readingId: reading.id,
    patientId: alarm.patientId,
    consultId: alarm.consultId,
    alarmId: alarm.id,
    referralId: alarm.referralId,
    ecgId: ecg.id,
    reportId: report.id,
    accountId: strangerPerson.account.accountId,
  };
}, 180_000);
afterAll(() => hub.close());

interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  minItems?: number;
  minimum?: number;
  exclusiveMinimum?: number;
  format?: string;
  pattern?: string;
}

/** Parts whose rules no JSON schema can state. */
const wholeParts: Record<string, unknown> = {
  table: { features: defaultRuleTable.features, rules: defaultRuleTable.rules },
  mark: { kind: 'key-image', sopInstanceUid: '2.25.31.1.1', frameNumber: 1 },
};

/** A payload that the contract accepts: the case's own records where it asks for them, else the least that will do. */
function exampleOf(schema: JsonSchema): unknown {
  if ('const' in schema) return schema.const;
  if (schema.enum) return schema.enum[0];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return exampleOf(choices[0]!);
  if (schema.type === 'object')
    return Object.fromEntries(
      Object.entries(schema.properties ?? {})
        .filter(([name]) => schema.required?.includes(name) || Object.hasOwn(ids, name))
        .map(([name, property]) => [name, ids[name] ?? wholeParts[name] ?? exampleOf(property)]),
    );
  if (schema.type === 'array') return Array.from({ length: schema.minItems ?? 0 }, () => exampleOf(schema.items ?? {}));
  if (schema.type === 'boolean') return false;
  if (schema.type === 'number' || schema.type === 'integer') return Math.max(schema.minimum ?? 1, 1);
  if (schema.format === 'uuid') return '3f8e1f0a-5a0c-4c57-9a53-0d8c6a1b2c3d';
  if (schema.format === 'date') return '1990-01-01';
  if (schema.format === 'date-time') return '2026-01-01T00:00:00.000Z';
  if (schema.pattern?.includes('A-Fa-f')) return Array(32).fill('0A').join(':');
  return 'x';
}

function payloadOf(name: RequestName): object {
  const payload = exampleOf(requests[name].payload.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonSchema);
  const parsed = requests[name].payload.safeParse(payload);
  if (!parsed.success) throw new Error(`${name}: no example that its contract accepts: ${parsed.error.message}`);
  return payload as object;
}
const namesRecord = (payload: object) =>
  Object.keys(payload).some((field) => field !== 'accountId' && Object.hasOwn(ids, field));
const codeOf = async (window: TestWindow, name: RequestName) => {
  const answer = await window.raw(name, payloadOf(name), {});
  return answer.ok ? 'ok' : answer.error.code;
};

test('[PE5] a stranger who names the records of a case is told that there is none, whatever is asked', async () => {
  const answers: [string, string][] = [];
  const expected: [string, string][] = [];
  for (const name of names) {
    if (scopeOf(name) !== 'record' && !namesRecord(payloadOf(name))) continue;
    answers.push([name, await codeOf(stranger, name)]);
    expected.push([name, 'not-found']);
  }
  expect(answers).toEqual(expected);
  expect(answers.length).toBeGreaterThan(40);
}, 120_000);

test('[PE5] a stranger learns nothing of the case from lists either', async () => {
  for (const name of [
    'patient:list',
    'consult:list',
    'alarm:list-ringing',
    'duty:read',
    'reading:list',
    'critical-value:list',
    'imaging:list-quarantine',
  ] as const) {
    const answer = await stranger.raw(name, name === 'reading:list' ? { state: 'open' } : {}, {});
    const said = JSON.stringify(answer);
    for (const secret of [patientName, ...['patientId', 'consultId', 'alarmId', 'readingId'].map((name) => ids[name]!)])
      expect([name, said.includes(secret)]).toEqual([name, false]);
  }
});

test('[PE5] a stranger gets nothing of the case over HTTP', async () => {
  const paths = [`/api/ecgs/${ids['ecgId']}/waveform`, `/api/reports/${ids['reportId']}/pdf`];
  for (const person of strangers)
    for (const path of paths) {
      const response = await person.http(path);
      expect([person.account.username, path, response.status]).toEqual([person.account.username, path, 404]);
    }
});

test('[PE3] offices and administrators are refused every request that is bound to a patient', async () => {
  for (const { username, window } of offices)
    for (const name of names) {
      const code = await codeOf(window, name);
      const about = `${username} ${name}`;
      if (scopeOf(name) === 'record') expect([about, code]).toEqual([about, 'not-found']);
      else if (events[name].permission === 'session:own') expect([about, code]).toEqual([about, 'ok']);
      else expect([about, code]).toEqual([about, 'forbidden']);
    }
}, 120_000);

test('[PE5] the case is as it was, and its own clinic reads it', async () => {
  const { consult } = await clinic.request('consult:read', { consultId: ids['consultId']! });
  expect(consult.state).toBe('active');
  expect(consult.participants.map(({ side }) => side)).not.toContain('invited');
  expect((await clinic.request('consult:list-messages', { consultId: consult.id })).messages).toEqual([]);
  expect((await clinic.request('patient:read', { patientId: ids['patientId']! })).patient.name).toBe(patientName);
});
