import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { acceptedCase } from '../../support/accepted-case.ts';
import { startTestHub, type TestClient, type TestHub, type TestWindow } from '../../support/hub.ts';

let hub: TestHub;
const people: Record<string, TestClient> = {};
const windows: Record<string, TestWindow> = {};
let clinic: TestWindow;
let desk: TestWindow;

beforeAll(async () => {
  hub = await startTestHub();
  const names = ['clinic1', 'clinic2', 'village1', 'oncall1', 'oncall2', 'obstetrician1', 'specialist1', 'office1'];
  for (const username of names) {
    people[username] = await hub.signIn(username);
    windows[username] = await people[username].connect();
  }
  [clinic, desk] = [windows.clinic1!, windows.oncall1!];
}, 180_000);
afterAll(() => hub.close());

const accountOf = (username: string) => people[username]!.account.accountId;

describe('who sees a consult', () => {
  test('[CO1] the clinic, the lead hospital and nobody else', async () => {
    const { consultId } = await acceptedCase(clinic, desk, '钱一');
    for (const username of ['clinic1', 'oncall1', 'oncall2']) {
      const { consult } = await windows[username]!.request('consult:read', { consultId });
      expect(consult.patient.name).toBe('钱一');
    }
    for (const username of ['clinic2', 'village1', 'obstetrician1', 'specialist1', 'office1']) {
      const window = windows[username]!;
      for (const name of [
        'consult:read',
        'consult:list-messages',
        'viewing:open',
        'timeline:read',
        'referral:read',
      ] as const) {
        await expect(window.request(name, { consultId })).rejects.toMatchObject({ code: 'not-found' });
      }
      const join = window.request('call:join', { consultId });
      await expect(join).rejects.toMatchObject({ code: 'not-found' });
    }
  });

  test('[CO2] an invited person sees the case with patient, alarm, referral and timeline; their colleagues do not', async () => {
    const { consultId, patientId } = await acceptedCase(clinic, desk, '钱二');
    const village = windows.village1!;
    const { consult } = await clinic.request('consult:invite', { consultId, accountId: accountOf('village1') });
    expect(consult.participants.at(-1)).toMatchObject({ name: '田小禾', side: 'invited', invitedByName: '林晓梅' });
    expect(await village.next('consult:invited')).toEqual({
      consultId,
      byName: '林晓梅',
      organisationName: '梅岭镇卫生院',
      patientName: '钱二',
    });
    expect((await village.request('consult:read', { consultId })).consult).toEqual(consult);
    expect((await village.request('patient:read', { patientId })).patient.name).toBe('钱二');
    expect((await village.request('alarm:read', { consultId })).alarm.state).toBe('accepted');
    await village.request('referral:read', { consultId });
    const { nodes } = await village.request('timeline:read', { consultId });
    expect(nodes.at(-1)).toMatchObject({ kind: 'invited', byName: '林晓梅' });
    expect((await village.request('consult:list', {})).consults.map(({ id }) => id)).toContain(consultId);
    // Read, but not steer: that is the business of the two sides.
    const invite = village.request('consult:invite', { consultId, accountId: accountOf('oncall2') });
    await expect(invite).rejects.toMatchObject({ code: 'forbidden' });
    // A press from the page of this case opens it.
    expect(await village.request('alarm:raise', { patientId })).toMatchObject({ existing: true, alarm: { consultId } });
  });

  test('[CO2] invited again, the invitation is shown again and nobody stands there twice', async () => {
    const { consultId } = await acceptedCase(clinic, desk, '钱三');
    const accountId = accountOf('specialist1');
    const [first, second] = await Promise.all(
      [desk, windows.oncall2!].map((window) => window.request('consult:invite', { consultId, accountId })),
    );
    expect(first!.consult.participants.filter((one) => one.accountId === accountId)).toHaveLength(1);
    expect(second!.consult.participants.filter((one) => one.accountId === accountId)).toHaveLength(1);
    const specialist = windows.specialist1!;
    await specialist.next('consult:invited', (notice) => notice.consultId === consultId);
    await specialist.next('consult:invited', (notice) => notice.consultId === consultId);
  });

  test('[CO3] somebody of an organisation without tie, or an office, cannot be invited', async () => {
    const { consultId } = await acceptedCase(clinic, desk, '钱四');
    for (const accountId of [accountOf('office1'), '0123456789abcdef01234567']) {
      const invite = clinic.request('consult:invite', { consultId, accountId });
      await expect(invite).rejects.toMatchObject({ code: 'not-found' });
    }
  });

  test('[CO4] the list shows own, addressed and joined consults, open ones first, the newest on top', async () => {
    const older = await acceptedCase(clinic, desk, '钱五');
    const newer = await acceptedCase(clinic, desk, '钱六');
    await desk.request('consult:close', { consultId: newer.consultId, outcome: 'non-cardiac' });
    const newest = (await clinic.request('alarm:raise', {})).alarm;
    for (const window of [clinic, desk, windows.oncall2!]) {
      const { consults } = await window.request('consult:list', {});
      const ids = consults.map(({ id }) => id);
      expect(ids[0]).toBe(newest.consultId);
      expect(ids.indexOf(older.consultId)).toBeLessThan(ids.indexOf(newer.consultId));
      expect(consults.find(({ id }) => id === newer.consultId)).toMatchObject({
        patientName: '钱六',
        patientSex: 'male',
        state: 'closed',
        outcome: 'non-cardiac',
        acceptedByName: '周明远',
      });
      const open = (await window.request('consult:list', { state: 'open' })).consults;
      expect(open.every(({ state }) => state === 'waiting' || state === 'active')).toBe(true);
      const closed = (await window.request('consult:list', { state: 'closed' })).consults;
      expect(closed.map(({ id }) => id)).toContain(newer.consultId);
    }
    expect((await windows.clinic2!.request('consult:list', {})).consults).toEqual([]);
    expect((await windows.obstetrician1!.request('consult:list', {})).consults).toEqual([]);
    await expect(windows.office1!.request('consult:list', {})).rejects.toMatchObject({ code: 'forbidden' });
    await clinic.request('alarm:withdraw', { alarmId: newest.id, reason: '完' });
  });
});

describe('chat', () => {
  test('[CO5] messages reach both sides and whoever is invited, and are kept in order', async () => {
    const { consultId } = await acceptedCase(clinic, desk, '钱七');
    await clinic.request('consult:invite', { consultId, accountId: accountOf('village1') });
    const sent = [];
    for (let n = 0; n < 6; n += 1) {
      const window = n % 2 === 0 ? clinic : desk;
      sent.push((await window.request('consult:send-message', { consultId, text: `第${n}句` })).message);
    }
    for (const window of [clinic, desk, windows.village1!]) {
      for (const message of sent) {
        const { id } = message;
        expect(await window.next('consult:message-sent', (notice) => notice.id === id)).toEqual(message);
      }
      expect((await window.request('consult:list-messages', { consultId })).messages).toEqual(sent);
    }
    const empty = clinic.request('consult:send-message', { consultId, text: '  ' });
    await expect(empty).rejects.toMatchObject({ code: 'invalid' });
  });
});

describe('the end of a consult', () => {
  test('[CO6] the lead hospital closes it with an outcome; it stays readable, and nothing is added', async () => {
    const { consultId, patientId } = await acceptedCase(clinic, desk, '钱八');
    const byClinic = clinic.request('consult:close', { consultId, outcome: 'other' });
    await expect(byClinic).rejects.toMatchObject({ code: 'forbidden' });
    const command = { consultId, outcome: 'transfer-pci', note: '直送导管室' } as const;
    const { consult } = await desk.request('consult:close', command);
    expect(consult).toMatchObject({
      state: 'closed',
      outcome: 'transfer-pci',
      outcomeNote: '直送导管室',
      closedByName: '周明远',
    });
    const told = await clinic.next('consult:changed', ({ id, state }) => id === consultId && state === 'closed');
    expect(told).toEqual(consult);
    expect((await clinic.request('consult:read', { consultId })).consult).toEqual(consult);
    for (const attempt of [
      desk.request('consult:close', { consultId, outcome: 'other' }),
      clinic.request('consult:send-message', { consultId, text: '还在吗' }),
      clinic.request('consult:invite', { consultId, accountId: accountOf('village1') }),
      clinic.request('call:join', { consultId }),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'consult-closed' });
    }
    // The next pain is another case.
    const { existing, alarm } = await clinic.request('alarm:raise', { patientId });
    expect(existing).toBe(false);
    await clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: '完' });
  });

  test('[CO6] a withdrawn consult stays readable for both sides', async () => {
    const { alarm } = await clinic.request('alarm:raise', {});
    const early = desk.request('consult:close', { consultId: alarm.consultId, outcome: 'other' });
    await expect(early).rejects.toMatchObject({ code: 'conflict' });
    await clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: '误触' });
    for (const window of [clinic, desk]) {
      const { consult } = await window.request('consult:read', { consultId: alarm.consultId });
      expect(consult.state).toBe('withdrawn');
    }
  });
});

test('[CO7] a patient who is named while the case is open is shown by that name on both sides at once', async () => {
  const { alarm } = await clinic.request('alarm:raise', {});
  const { patient } = await clinic.request('patient:read', { patientId: alarm.patientId });
  await clinic.request('patient:identify', { patientId: patient.id, version: patient.version, name: '钱九' });
  await desk.next('alarm:changed', ({ id, patientName }) => id === alarm.id && patientName === '钱九');
  await desk.next('consult:changed', (consult) => consult.alarmId === alarm.id && consult.patient.name === '钱九');
  await clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: '完' });
});
