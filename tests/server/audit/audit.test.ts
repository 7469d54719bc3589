import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAudit } from '../../../server/audit/append-audit.ts';
import { CHAIN_START, entryHash } from '../../../server/audit/audit-chain.ts';
import { auditRecord, type AuditFields } from '../../../server/audit/audit-record.ts';
import { ONE_ACT_MS, openReadAudit } from '../../../server/audit/read-audit.ts';
import { checkpointPath, openAuditSealer, readCheckpoint } from '../../../server/audit/seal-audit.ts';
import { verifyAudit } from '../../../server/audit/verify-audit.ts';
import { openLog } from '../../../server/platform/log.ts';
import { systemActor } from '../../../server/platform/make-context.ts';
import { secretKey } from '../../../server/platform/secret-key.ts';
import { openStore, type Store } from '../../../server/platform/store/store.ts';
import { smallInstance, stow } from '../../support/dicom-web.ts';
import { Refusal, startTestHub, type TestHub } from '../../support/hub.ts';

describe('the trail', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await startTestHub();
  }, 180_000);
  afterAll(() => hub.close());

  const entries = (filter: Partial<AuditFields>): Promise<AuditFields[]> =>
    hub.running.hub.store.model(auditRecord).find(filter).sort({ _id: 1 }).lean();
  const nobody = { accountId: null, username: null };

  test('[AU1] sign-ins and refused sign-ins are in the trail with the name, never with the password', async () => {
    await hub.signIn('radiologist2');
    await hub.signIn('radiologist2', 'guess-nr-one').catch(() => undefined);
    const trail = (await entries({ action: 'session:sign-in' })).filter(
      (entry) => entry.details?.['username'] === 'radiologist2',
    );
    expect(trail).toMatchObject([
      { ...nobody, outcome: 'done', code: null },
      { ...nobody, outcome: 'refused', code: 'wrong-credentials' },
    ]);
    expect(JSON.stringify(trail)).not.toContain('guess-nr-one');
  });

  test('[AU1] a change, a read and a refusal are in the trail with who, which record and when', async () => {
    const person = await hub.signIn('clinic1');
    const clinic = await person.connect();
    const stranger = await (await hub.signIn('clinic2')).connect();
    const { patient } = await clinic.request('patient:register', { name: '钟一', sex: 'male' });
    const { alarm } = await clinic.request('alarm:raise', { patientId: patient.id });
    await clinic.request('patient:read', { patientId: patient.id });
    await expect(stranger.request('patient:read', { patientId: patient.id })).rejects.toBeInstanceOf(Refusal);
    await expect(
      clinic.request('consult:close', { consultId: alarm.consultId, outcome: 'other' }),
    ).rejects.toBeInstanceOf(Refusal);

    const about = await entries({ patientId: patient.id });
    const { accountId } = person.account;
    expect(about.filter(({ action }) => action === 'patient:read')).toMatchObject([
      { accountId, username: 'clinic1', outcome: 'done', subjectType: 'patient', subjectId: patient.id, code: null },
      { username: 'clinic2', outcome: 'refused', subjectId: patient.id, code: 'not-found' },
    ]);
    expect(about.filter(({ action }) => action === 'consult:close')).toMatchObject([
      { accountId, outcome: 'refused', subjectId: alarm.consultId, code: 'forbidden' },
    ]);
    expect(await entries({ action: 'alarm:raise' })).toMatchObject([{ accountId, outcome: 'done', byToken: false }]);
    expect(await entries({ action: 'patient:register' })).toMatchObject([{ accountId, outcome: 'done' }]);
    for (const { at } of about) expect(Date.now() - at.getTime()).toBeLessThan(120_000);
    // Who and which record, not what was written there.
    expect(JSON.stringify(await entries({}))).not.toContain('钟一');
  });

  test('[AU1] reads over HTTP and a sign-out are in the trail', async () => {
    const person = await hub.signIn('oncall2');
    const { accountId } = person.account;
    await person.http('/api/session');
    await person.http(`/api/ecgs/${'0'.repeat(24)}/waveform`);
    await person.http('/api/session', { method: 'DELETE' });
    const trail = await entries({ accountId });
    expect(trail.map(({ action, outcome, code }) => [action, outcome, code])).toEqual([
      ['GET /api/session', 'done', null],
      ['GET /api/ecgs/:id/waveform', 'refused', 'not-found'],
      ['session:sign-out', 'done', null],
    ]);
  });

  test('[AU1] a retried command is in the trail once', async () => {
    const person = await hub.signIn('village1');
    const village = await person.connect();
    const meta = { idempotencyKey: randomUUID() };
    const first = await village.request('patient:register', { name: '钟二' }, meta);
    expect(await village.request('patient:register', { name: '钟二' }, meta)).toEqual(first);
    const trail = await entries({ action: 'patient:register', accountId: person.account.accountId });
    expect(trail).toHaveLength(1);
  });

  test('[AU5] a reader who turns the pages of a study did one act, counted; each refusal stands alone', async () => {
    const sender = await hub.signIn('clinic1');
    const stranger = await hub.signIn('clinic2');
    const studyInstanceUid = '2.25.5005';
    const elements = [{ tag: 0x00100010, vr: 'PN', value: 'Zhong^San' } as const];
    expect((await stow(sender, '', [smallInstance({ studyInstanceUid, elements })])).status).toBe(200);
    const path = `/dicom-web/studies/${studyInstanceUid}/metadata`;
    const about = { action: 'GET /dicom-web/studies/:study/metadata' };
    for (let time = 0; time < 4; time += 1) expect((await sender.http(path)).status).toBe(200);
    for (let time = 0; time < 2; time += 1) expect((await stranger.http(path)).status).toBe(404);
    const single = { username: 'clinic1', outcome: 'done', subjectType: 'study', details: null };
    const refused = { username: 'clinic2', outcome: 'refused', code: 'not-found' };
    expect(await entries(about)).toMatchObject([single, refused, refused]);
    await hub.restart();
    expect(await entries(about)).toMatchObject([single, refused, refused, { ...single, details: { further: 3 } }]);
  }, 180_000);

  test('[AU2] a hub that is closed and started again leaves a chain that holds', async () => {
    await hub.restart();
    await hub.signIn('clinic1');
    await hub.restart();
    const { store } = hub.running.hub;
    const checkpoint = await readCheckpoint(hub.dataFolder);
    const result = await verifyAudit({ store, checkpoint, key: await secretKey(hub.dataFolder, 'audit') });
    expect(result.problems).toEqual([]);
    expect(result.sealed).toBeGreaterThan(10);
    expect(checkpoint!.count).toBe(result.sealed);
  }, 180_000);
});

describe('the chain', () => {
  const key = 'a'.repeat(64);
  const log = openLog('silent');
  let dataFolder = '';
  let store: Store;

  beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'audit-test-'));
    const lost = () => undefined;
    store = await openStore({ mongodbUri: null, dataFolder, records: [auditRecord], log, onLost: lost });
    await append(8);
    await sealer().settled();
  }, 60_000);
  afterEach(async () => {
    await store.close();
    await rm(dataFolder, { recursive: true, force: true });
  });

  const sealer = () => openAuditSealer({ store, dataFolder, key, log });
  const model = () => store.model(auditRecord);
  const problems = async () =>
    (await verifyAudit({ store, checkpoint: await readCheckpoint(dataFolder), key })).problems;
  async function append(count: number) {
    const write = openAudit({ store, clock: { now: () => new Date() }, appended: () => undefined });
    for (let entry = 0; entry < count; entry += 1)
      await write(systemActor, { action: 'consult:read', outcome: 'done', details: { entry, b: 'x', a: true } });
  }

  test('[AU5] an act ends five minutes after its first read; other people, records and ways are other acts', async () => {
    let now = Date.parse('2026-03-01T08:00:00Z');
    const clock = { now: () => new Date(now) };
    const written = openAudit({ store, clock, appended: () => undefined });
    const reading = openReadAudit({ append: written, clock, log });
    const doctor = { ...systemActor, accountId: 'doctor' };
    const read = (actor: typeof doctor, action: string, id: string) =>
      reading.read(actor, { action, outcome: 'done', subject: { type: 'study', id, patientId: 'p' } });
    const trail = async () =>
      (await model().find({ subjectType: 'study' }).sort({ _id: 1 }).lean()).map((entry) => [
        entry.accountId,
        entry.action,
        entry.subjectId,
        entry.details?.['further'] ?? null,
      ]);
    await Promise.all([read(doctor, 'frames', 'a'), read(doctor, 'frames', 'a'), read(doctor, 'frames', 'a')]);
    expect(await trail()).toEqual([['doctor', 'frames', 'a', null]]);
    await read(doctor, 'frames', 'b');
    await read({ ...doctor, accountId: 'other' }, 'frames', 'a');
    await read(doctor, 'metadata', 'a');
    expect(await trail()).toHaveLength(4);
    now += ONE_ACT_MS;
    await read(doctor, 'frames', 'a');
    expect((await trail()).slice(4)).toEqual([
      ['doctor', 'frames', 'a', 2],
      ['doctor', 'frames', 'a', null],
    ]);
    await reading.settle();
    expect(await trail()).toHaveLength(6);
  });

  test('[AU5] a read whose entry could not be written is not answered, nor are those that lean on it', async () => {
    const append = () => Promise.reject(new Error('no room'));
    const reading = openReadAudit({ append, clock: { now: () => new Date() }, log });
    const read = () => reading.read(systemActor, { action: 'frames', outcome: 'done' });
    const outcomes = await Promise.allSettled([read(), read()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await reading.settle();
  });

  test('[AU2] sealed entries hold, and what is not sealed yet is counted', async () => {
    await append(2);
    const checkpoint = await readCheckpoint(dataFolder);
    expect(await verifyAudit({ store, checkpoint, key })).toEqual({ sealed: 8, unsealed: 2, problems: [] });
    await sealer().settled();
    expect(await verifyAudit({ store, checkpoint: await readCheckpoint(dataFolder), key })).toEqual({
      sealed: 10,
      unsealed: 0,
      problems: [],
    });
    // A hub that ended between sealing and its checkpoint: the older checkpoint still holds.
    expect((await verifyAudit({ store, checkpoint, key })).problems).toEqual([]);
  });

  test.each<[string, Partial<AuditFields>]>([
    ['person', { accountId: 'f'.repeat(24) }],
    ['outcome', { outcome: 'refused' }],
    ['time', { at: new Date(0) }],
    ['patient', { patientId: 'f'.repeat(24) }],
    ['details', { details: { entry: 99, b: 'x', a: true } }],
  ])('[AU3] an entry whose %s was edited is reported', async (_field, change) => {
    await model().updateOne({ sequence: 3 }, { $set: change });
    expect(await problems()).toEqual(['entry 3 was changed']);
  });

  test('[AU3] a removed entry is reported, and one whose place another took', async () => {
    await model().deleteOne({ sequence: 4 });
    expect(await problems()).toEqual(['entry 4 is missing (next found: 5)']);
    await model().updateMany({ sequence: { $gt: 4 } }, { $inc: { sequence: -1 } });
    expect(await problems()).toContain('entry 4 was changed');
  });

  test('[AU3] a cut-off tail is reported', async () => {
    await model().deleteMany({ sequence: { $gt: 6 } });
    expect(await problems()).toEqual(['the end is cut off: 8 entries were sealed, 6 are there']);
    await model().deleteMany({});
    expect(await problems()).toEqual(['the end is cut off: 8 entries were sealed, 0 are there']);
  });

  test('[AU3] a chain that was computed anew after an edit is reported', async () => {
    await model().updateOne({ sequence: 2 }, { $set: { username: 'somebody-else' } });
    let head = CHAIN_START;
    for (const entry of await model().find({}).sort({ sequence: 1 }).lean()) {
      head = entryHash(entry, entry.sequence!, head);
      await model().updateOne({ _id: entry._id }, { $set: { hash: head } });
    }
    expect(await problems()).toEqual(['the chain up to entry 8 was rewritten']);
  });

  test('[AU3] a checkpoint that was changed, or is gone, is reported', async () => {
    const checkpoint = (await readCheckpoint(dataFolder))!;
    const seventh = (await model().findOne({ sequence: 7 }).lean())!;
    await model().deleteOne({ sequence: 8 });
    await writeFile(checkpointPath(dataFolder), JSON.stringify({ ...checkpoint, count: 7, head: seventh.hash }));
    expect(await problems()).toEqual(['the checkpoint was changed']);
    await rm(checkpointPath(dataFolder));
    expect(await problems()).toEqual(['the checkpoint is missing']);
  });

  test('[AU4] sealing goes on after a cut without hiding it', async () => {
    await model().deleteMany({ sequence: { $gt: 5 } });
    await append(1);
    await sealer().settled();
    expect(await problems()).toEqual(['the end is cut off: 8 entries were sealed, 6 are there']);
    await append(4);
    await sealer().settled();
    expect(await problems()).toEqual(['the chain up to entry 8 was rewritten']);
  });

  test('[AU4] an edit of the last entry stays reported after more is sealed', async () => {
    await model().updateOne({ sequence: 8 }, { $set: { username: 'somebody-else' } });
    await append(1);
    await sealer().settled();
    expect(await problems()).toEqual(['entry 8 was changed']);
  });
});
