import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeDicomEcg } from '../../../server/ecg/encode/dicom-ecg.ts';
import { auditRecord } from '../../../server/audit/audit-record.ts';
import { createAccount } from '../../../server/accounts/create-account.ts';
import { DEMONSTRATION_PASSWORD } from '../../../server/accounts/demonstration-accounts.ts';
import { newId } from '../../../server/platform/store/store.ts';
import { ruleTableRecord } from '../../../server/ecg/rules/rule-table-record.ts';
import type { EcgView } from '../../../shared/contracts/ecg.ts';
import type { EcgRulesView } from '../../../shared/contracts/ecg-rules.ts';
import type { RequestPayload } from '../../../shared/contracts/registry.ts';
import { defaultRuleTable } from '../../../shared/ecg/default-reading-rules.ts';
import type { HospitalRules } from '../../../shared/ecg/hospital-rule-table.ts';
import type { ReadingRule } from '../../../shared/ecg/reading-rules.ts';
import { synthesizeRhythm } from '../../../shared/ecg/synthesize-rhythms.ts';
import type { Role } from '../../../shared/rules/roles.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

let hub: TestHub;
let clinicPerson: TestClient;
let clinic: TestWindow;
let desk: TestClient;
let reporter: TestWindow;
let reviewer: TestWindow;

beforeAll(async () => {
  hub = await startTestHub();
  clinicPerson = await hub.signIn('clinic1');
  clinic = await clinicPerson.connect();
  desk = await hub.signIn('oncall1');
  reporter = await desk.connect();
  reviewer = await (await hub.signIn('oncall2')).connect();
}, 180_000);
afterAll(() => hub.close(), 60_000);

const delivered: HospitalRules = { features: defaultRuleTable.features, rules: defaultRuleTable.rules };

/** The delivered rules, of which one is another. */
const withRule = (id: string, change: (rule: ReadingRule) => ReadingRule, base: HospitalRules = delivered) => ({
  ...base,
  rules: base.rules.map((rule) => (rule.id === id ? change(structuredClone(rule)) : rule)),
});
const tachycardiaFrom = (limit: number, base?: HospitalRules) =>
  withRule(
    'tachycardia',
    (rule) => ({ ...rule, danger: 2, values: [{ quantity: 'ventricular-rate', above: limit }] }) as ReadingRule,
    base,
  );

const read = (window: TestWindow): Promise<EcgRulesView> => window.request('ecg-rules:read', {});
const draftOf = async (window: TestWindow, table: HospitalRules, edition = '示范县 2026'): Promise<number> => {
  const { version } = await read(window);
  return (await window.request('ecg-rules:edit', { version, table, edition, note: '' })).version;
};
const refused = (promise: Promise<unknown>, code: string) => expect(promise).rejects.toMatchObject({ code });

async function person(username: string, organisationId: string, roles: Role[]): Promise<TestWindow> {
  const { store, clock } = hub.running.hub;
  await createAccount(
    { username, name: username, organisationId, roles, licences: [], password: DEMONSTRATION_PASSWORD },
    { store, clock },
  );
  return (await hub.signIn(username)).connect();
}

async function upload(options: Parameters<typeof synthesizeRhythm>[0], by = clinicPerson): Promise<EcgView> {
  const { patient } = await clinic.request('patient:register', {
    name: '规则甲',
    sex: 'male',
    birthDate: '1960-01-01',
  });
  if (by !== clinicPerson) await clinic.request('alarm:raise', { patientId: patient.id });
  const body = new FormData();
  body.append('patientId', patient.id);
  body.append('file', new Blob([new Uint8Array(writeDicomEcg(synthesizeRhythm(options).document))]), 'ecg.dcm');
  const response = await by.http('/api/ecgs', { method: 'POST', body });
  expect(response.status).toBe(201);
  return (await response.json()) as EcgView;
}

test('[RT1] until a hospital approves its own, the rules as delivered are in force', async () => {
  expect(await read(reporter)).toMatchObject({
    inForce: null,
    draft: null,
    version: 0,
    deliveredEdition: defaultRuleTable.edition,
    news: null,
    hindrance: null,
    history: [],
  });
});

test('[RT2] a draft changes nothing for ECGs; approved by a second person it is in force for those that follow', async () => {
  const before = await upload({ seed: 21, heartRatePerMinute: 92 });
  expect(before.preRead?.danger).toBe(4);
  expect(before.preRead?.ruleTable.id).toBe(defaultRuleTable.id);

  const version = await draftOf(reviewer, tachycardiaFrom(90));
  await reporter.next('ecg-rules:changed', (notice) => notice.version === version);
  const drafted = await upload({ seed: 22, heartRatePerMinute: 92 });
  expect(drafted.preRead?.danger).toBe(4);

  await reporter.request('ecg-rules:approve', { version });
  const { inForce, draft } = await read(reviewer);
  expect(draft).toBeNull();
  expect(inForce).toMatchObject({ version, state: 'approved', edition: '示范县 2026', editedByName: '沈怀安' });
  expect(inForce?.approvedByName).toBe('周明远');
  expect(inForce?.table.approved?.by).toBe('周明远');
  expect(inForce?.table.approved?.on).toMatch(/^\d{4}-\d\d-\d\d$/);

  const after = await upload({ seed: 23, heartRatePerMinute: 92 });
  expect(after.preRead?.danger).toBe(2);
  expect(after.preRead?.results[0]).toMatchObject({ ruleId: 'tachycardia', edition: '示范县 2026', danger: 2 });
  expect(after.preRead?.ruleTable).toEqual({ id: inForce?.table.id, edition: '示范县 2026' });

  // What was read before stays as it was read.
  expect((await clinic.request('ecg:read', { ecgId: before.id })).ecg.preRead).toEqual(before.preRead);
});

test('[RT2] a rule that was not changed keeps its own edition', async () => {
  const { inForce } = await read(reporter);
  const editions = inForce?.table.rules.map(({ id, edition }) => [id, edition]);
  expect(editions).toContainEqual(['stemi', defaultRuleTable.edition]);
  expect(editions).toContainEqual(['tachycardia', '示范县 2026']);
});

test('[RT3] an approved version never changes: the next change is another version, and dropping it leaves what is in force', async () => {
  const before = await read(reviewer);
  const version = await draftOf(reporter, tachycardiaFrom(80), '第二版');
  expect(version).toBe(before.version + 1);
  expect((await read(reviewer)).inForce).toEqual(before.inForce);
  await reviewer.request('ecg-rules:discard', { version });
  const after = await read(reporter);
  expect(after.inForce).toEqual(before.inForce);
  expect(after.draft).toBeNull();
  expect(after.history[0]).toMatchObject({ version, state: 'discarded' });
  await refused(reviewer.request('ecg-rules:approve', { version }), 'conflict');
  await refused(reviewer.request('ecg-rules:discard', { version }), 'conflict');
});

test('[RT4] who edited last does not approve', async () => {
  const version = await draftOf(reviewer, tachycardiaFrom(95));
  expect((await read(reviewer)).hindrance).toBe('own-draft');
  await refused(reviewer.request('ecg-rules:approve', { version }), 'same-signer');
  expect((await read(reporter)).hindrance).toBeNull();
  await reporter.request('ecg-rules:discard', { version });
});

test('[RT4] one of the two is a reviewer', async () => {
  const { id: county } = desk.account.organisation;
  const second = await person('reporter2', county, ['ecg-reporter']);
  const version = await draftOf(reporter, tachycardiaFrom(95));
  expect((await read(second)).hindrance).toBe('needs-reviewer');
  await refused(second.request('ecg-rules:approve', { version }), 'forbidden');
  await reviewer.request('ecg-rules:approve', { version });
  expect((await read(second)).inForce?.version).toBe(version);
});

test('[RT5] of two who save on the same version one wins, and nobody approves what they have not seen', async () => {
  const { version } = await read(reviewer);
  const save = (window: TestWindow, limit: number) =>
    window.request('ecg-rules:edit', { version, table: tachycardiaFrom(limit), edition: 'E', note: '' });
  const results = await Promise.allSettled([save(reviewer, 101), save(reporter, 102)]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'version-conflict' } });
  await refused(reviewer.request('ecg-rules:approve', { version }), 'version-conflict');
  await refused(save(reviewer, 103), 'version-conflict');
  await reviewer.request('ecg-rules:discard', { version: version + 1 });
});

test('[RT6] another hospital’s rules are its own, and clinics and other specialists see none', async () => {
  const organisationOf = async (username: string) => (await hub.signIn(username)).account.organisation.id;
  const foreign = await person('reviewer-of-city', await organisationOf('specialist1'), ['ecg-reviewer']);
  expect(await read(foreign)).toMatchObject({ inForce: null, version: 0, history: [] });
  const version = await draftOf(reviewer, tachycardiaFrom(99));
  await refused(foreign.request('ecg-rules:approve', { version }), 'version-conflict');
  await refused(foreign.request('ecg-rules:discard', { version }), 'version-conflict');
  expect((await read(reviewer)).draft?.version).toBe(version);
  expect(foreign.pending('ecg-rules:changed')).toEqual([]);
  await reporter.request('ecg-rules:discard', { version });
  for (const username of ['clinic1', 'radiologist1', 'specialist1', 'admin']) {
    const window = await (await hub.signIn(username)).connect();
    await refused(read(window), 'forbidden');
    await refused(
      window.request('ecg-rules:edit', { version: 0, table: delivered, edition: 'E', note: '' }),
      'forbidden',
    );
    await refused(window.request('ecg-rules:approve', { version: 1 }), 'forbidden');
  }
});

test('[RT7] the table of the hospital that serves the patient’s clinic is used, and its own for what it sends itself', async () => {
  const version = await draftOf(reviewer, tachycardiaFrom(85), '用于上传');
  await reporter.request('ecg-rules:approve', { version });
  const { inForce } = await read(reviewer);
  const village = await hub.signIn('village1');
  const villageWindow = await village.connect();
  const { patient } = await villageWindow.request('patient:register', { name: '规则乙', sex: 'male' });
  const body = new FormData();
  body.append('patientId', patient.id);
  const bytes = writeDicomEcg(synthesizeRhythm({ seed: 31, heartRatePerMinute: 88 }).document);
  body.append('file', new Blob([new Uint8Array(bytes)]), 'ecg.dcm');
  const ofVillage = (await (await village.http('/api/ecgs', { method: 'POST', body })).json()) as EcgView;
  expect(ofVillage.preRead?.ruleTable).toEqual({ id: inForce?.table.id, edition: '用于上传' });
  const ofDesk = await upload({ seed: 32, heartRatePerMinute: 88 }, desk);
  expect(ofDesk.preRead?.ruleTable.id).toBe(inForce?.table.id);
});

test('[RT8] the newest table says what the delivered rules have that it lacks', async () => {
  const table = { ...delivered, rules: delivered.rules.filter(({ id }) => id !== 'de-winter') };
  const version = await draftOf(reviewer, table);
  expect((await read(reporter)).news).toEqual({ comparedWith: null, missing: ['de-winter'] });
  await reporter.request('ecg-rules:discard', { version });
});

const edited = (table: unknown, rest: object = {}) => ({ version: 0, table, edition: 'E', note: '', ...rest });
const stemiLimit = (limit: number) =>
  withRule('stemi', (rule) =>
    rule.kind === 'contiguous-leads' ? { ...rule, limits: rule.limits.map((entry) => ({ ...entry, limit })) } : rule,
  );
const conditions = (fields: object) =>
  withRule('tachycardia', (rule) => ({ ...rule, ...fields }) as unknown as ReadingRule);
const rate = (limits: object) => conditions({ values: [{ quantity: 'ventricular-rate', ...limits }] });

const absurd: [string, unknown][] = [
  ['no table', null],
  ['no rules', { ...delivered, rules: [] }],
  ['all rules switched off', { ...delivered, rules: delivered.rules.map((rule) => ({ ...rule, enabled: false })) }],
  ['a limit of a metre', stemiLimit(1e7)],
  ['an elevation of nothing', stemiLimit(0)],
  ['an elevation downwards', stemiLimit(-100)],
  ['a limit in words', stemiLimit('100' as unknown as number)],
  ['a limit that is none', stemiLimit(null as unknown as number)],
  ['a rate that nobody has', rate({ above: 4000 })],
  ['a range that nothing is in', rate({ above: 150, below: 100 })],
  ['a range that only its open ends touch', rate({ above: 100, atMost: 100 })],
  ['a range without limits', rate({})],
  ['a rule that asks nothing', conditions({ values: [] })],
  ['an age that nobody has', conditions({ ageFrom: 60, ageBelow: 40 })],
  ['a grade that is none', conditions({ danger: 0 })],
  ['an unknown quantity', conditions({ values: [{ quantity: 'courage', above: 1 }] })],
  ['a quantity of every object', conditions({ values: [{ quantity: 'constructor', above: 1 }] })],
  ['an id of every object', conditions({ id: 'constructor' })],
  ['an id that is no word', conditions({ id: '__proto__' })],
  ['an unknown field', conditions({ secret: true })],
  ['an unknown rhythm', conditions({ rhythmAny: ['waltz'] })],
  [
    'a lead that is none',
    conditions({ leads: [{ leads: ['constructor'], count: 1, require: [{ quantity: 'r', above: 1 }] }] }),
  ],
  [
    'more leads than are named',
    conditions({ leads: [{ leads: ['I'], count: 3, require: [{ quantity: 'r', above: 1 }] }] }),
  ],
  [
    'a thousand leads',
    conditions({ leads: [{ leads: Array(1000).fill('I'), count: 1, require: [{ quantity: 'r', above: 1 }] }] }),
  ],
  ['the same rule twice', { ...delivered, rules: [...delivered.rules, delivered.rules[0]] }],
  [
    'a thousand rules',
    {
      ...delivered,
      rules: Array.from({ length: 1000 }, (_, at) => ({
        ...conditions({}).rules[40],
        id: `rule-${at}`,
        citation: 'x',
      })),
    },
  ],
  [
    'rules of much too many words',
    {
      ...delivered,
      rules: Array.from({ length: 190 }, (_, at) => ({
        ...delivered.rules[20],
        id: `rule-${at}`,
        citation: 'x'.repeat(400),
        rhythmNone: Array(25).fill('atrial-fibrillation'),
      })),
    },
  ],
  ['features without bounds', { ...delivered, features: { ...delivered.features, sokolowLyonMicrovolts: 1e9 } }],
  ['features below zero', { ...delivered, features: { ...delivered.features, bundleBranchBlockQrsMs: -1 } }],
];

test.each(absurd)('[RT9] a table with %s is never stored', async (_words, table) => {
  const { version } = await read(reviewer);
  const payload = edited(table, { version }) as RequestPayload<'ecg-rules:edit'>;
  await refused(reviewer.request('ecg-rules:edit', payload), 'invalid');
  expect((await read(reviewer)).version).toBe(version);
});

test('[RT9] prototypes, endless editions and notes are refused, and uploads go on', async () => {
  const { version } = await read(reviewer);
  const hostile = JSON.parse(JSON.stringify(delivered).replace('{', '{"__proto__":{"enabled":true},')) as unknown;
  for (const payload of [
    edited(hostile, { version }),
    edited(delivered, { version, edition: 'E'.repeat(65) }),
    edited(delivered, { version, edition: ' ' }),
    edited(delivered, { version, note: 'n'.repeat(501) }),
    edited(delivered, { version: -1 }),
  ])
    await refused(reviewer.request('ecg-rules:edit', payload as RequestPayload<'ecg-rules:edit'>), 'invalid');
  expect((await read(reviewer)).version).toBe(version);
  expect((await upload({ seed: 41 })).preRead).not.toBeNull();
});

test('[RT9] a table that was spoilt in the store keeps no ECG from coming in: the rules as delivered are used', async () => {
  const model = hub.running.hub.store.model(ruleTableRecord);
  const { organisationId } = (await model.findOne({ state: 'approved' }).lean())!;
  const spoilt = {
    _id: newId(),
    organisationId,
    version: 9999,
    state: 'approved' as const,
    edition: 'E',
    note: '',
    rules: { features: {}, rules: 'none' } as unknown as HospitalRules,
    deliveredEdition: 'E',
    editedByAccountId: organisationId,
    editedByName: 'E',
    editedByReviewer: true,
    editedAt: new Date(),
    approvedByAccountId: organisationId,
    approvedByName: 'A',
    approvedAt: new Date(),
  };
  await model.create([spoilt]);
  try {
    expect((await upload({ seed: 51 })).preRead?.ruleTable.id).toBe(defaultRuleTable.id);
  } finally {
    await model.deleteOne({ _id: spoilt._id });
  }
});

test('[RT10] the audit trail names who changed which rules, approved and dropped them, and who was refused', async () => {
  const { store } = hub.running.hub;
  const entries = await store
    .model(auditRecord)
    .find({ action: /^ecg-rules:/ })
    .sort({ _id: 1 })
    .lean();
  const saved = entries.filter(({ action }) => action === 'ecg-rules:save-draft');
  expect(saved[0]).toMatchObject({
    outcome: 'done',
    subjectType: 'organisation',
    subjectId: desk.account.organisation.id,
    details: { version: 1, changes: 1, changed: 'tachycardia', added: '', removed: '', features: false },
  });
  for (const action of ['ecg-rules:put-in-force', 'ecg-rules:drop-draft', 'ecg-rules:read'])
    expect([action, entries.some((entry) => entry.action === action && entry.outcome === 'done')]).toEqual([
      action,
      true,
    ]);
  for (const code of ['forbidden', 'same-signer', 'version-conflict', 'conflict'])
    expect([code, entries.some((entry) => entry.outcome === 'refused' && entry.code === code)]).toEqual([code, true]);
});
