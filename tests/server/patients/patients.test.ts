import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { identityCheckCharacter } from '../../../shared/rules/identity-number.ts';
import { startTestHub, type TestHub, type TestWindow } from '../../support/hub.ts';

let hub: TestHub;
let clinic: TestWindow;
let clinicAgain: TestWindow;
let otherClinic: TestWindow;
let desk: TestWindow;
let office: TestWindow;

beforeAll(async () => {
  hub = await startTestHub();
  const clinicPerson = await hub.signIn('clinic1');
  clinic = await clinicPerson.connect();
  clinicAgain = await clinicPerson.connect();
  otherClinic = await (await hub.signIn('clinic2')).connect();
  desk = await (await hub.signIn('oncall1')).connect();
  office = await (await hub.signIn('office1')).connect();
}, 180_000);
afterAll(() => hub.close());

/** An invented number that is valid: place, birth date, serial whose last digit tells the sex. */
const numberOf = (birthDate: string, serial: string) => {
  const digits = `330000${birthDate.replaceAll('-', '')}${serial}`;
  return `${digits}${identityCheckCharacter(digits)}`;
};

const right = numberOf('1961-03-08', '127');
const wrongCheck = `${right.slice(0, 17)}${right.endsWith('0') ? '1' : '0'}`;

describe('registration', () => {
  test('[PA1] a valid identity number settles birth date and sex, whatever else was typed', async () => {
    const identityNumber = numberOf('1961-03-08', '127');
    const { patient, existing } = await clinic.request('patient:register', {
      name: '陈建国',
      identityNumber: identityNumber.toLowerCase(),
      sex: 'female',
      birthDate: '1999-01-01',
      phone: '13800000000',
    });
    expect(existing).toBe(false);
    expect(patient).toMatchObject({ identityNumber, birthDate: '1961-03-08', sex: 'male', unknown: false, version: 0 });
    expect(patient.organisationName).toBe('梅岭镇卫生院');
  });

  test.each([
    ['length', '33000019610308127'],
    ['characters', '33000019610308127A'],
    ['birth-date', '330000196113081270'],
    ['check-character', wrongCheck],
  ])('[PA1] an identity number with a wrong %s is refused and says so', async (fault, identityNumber) => {
    const answer = clinic.request('patient:register', { name: '错号', identityNumber });
    await expect(answer).rejects.toMatchObject({ code: 'identity-number-invalid', details: { fault } });
  });

  test('[PA1] a birth date to come and a blank or oversize name are refused', async () => {
    const refusals = [
      { name: '未来', birthDate: '2999-01-01' },
      { name: '   ' },
      { name: '长'.repeat(51) },
      { name: '号', phone: '12345' },
    ].map((form) => clinic.request('patient:register', form).catch((refusal: { code: string }) => refusal.code));
    expect(await Promise.all(refusals)).toEqual(['invalid', 'invalid', 'invalid', 'invalid']);
  });

  test('[PA2] a number that the organisation knows opens that patient instead of a second one', async () => {
    const identityNumber = numberOf('1950-12-31', '240');
    const first = await clinic.request('patient:register', { name: '杨桂花', identityNumber });
    const second = await clinicAgain.request('patient:register', { name: '杨桂华', identityNumber });
    expect(second).toEqual({ patient: first.patient, existing: true });
  });

  test('[PA2] also when several windows register the same number in the same moment', async () => {
    const identityNumber = numberOf('1944-05-06', '353');
    const answers = await Promise.all(
      [clinic, clinicAgain, clinic, clinicAgain].map((window) =>
        window.request('patient:register', { name: '同时', identityNumber }),
      ),
    );
    expect(new Set(answers.map(({ patient }) => patient.id)).size).toBe(1);
    expect(answers.filter(({ existing }) => !existing)).toHaveLength(1);
  });

  test('[PA3] the same number at another organisation is another record, and neither sees the other', async () => {
    const identityNumber = numberOf('1970-07-07', '711');
    const here = await clinic.request('patient:register', { name: '冯志强', identityNumber });
    const there = await otherClinic.request('patient:register', { name: '冯志强', identityNumber });
    expect(there.existing).toBe(false);
    expect(there.patient.id).not.toBe(here.patient.id);
    for (const [window, { patient }] of [
      [otherClinic, here],
      [clinic, there],
      [desk, here],
    ] as const) {
      const read = window.request('patient:read', { patientId: patient.id });
      await expect(read).rejects.toMatchObject({ code: 'not-found' });
    }
    const office1 = office.request('patient:read', { patientId: here.patient.id });
    await expect(office1).rejects.toMatchObject({ code: 'not-found' });
  });

  test('[PA4] an unknown patient takes one step and is named after place and time', async () => {
    const { patient } = await clinic.request('patient:register-unknown', {});
    expect(patient).toMatchObject({ unknown: true, sex: 'unknown', birthDate: null, identityNumber: null });
    expect(patient.name).toMatch(/^未知患者 梅岭镇卫生院 \d\d-\d\d \d\d:\d\d:\d\d$/);
  });

  test('[PA5] only clinics register', async () => {
    for (const window of [desk, office]) {
      await expect(window.request('patient:register', { name: '不许' })).rejects.toMatchObject({ code: 'forbidden' });
    }
  });
});

describe('identification', () => {
  test('[PA6] an unknown patient gets a name and a number later', async () => {
    const { patient } = await clinic.request('patient:register-unknown', {});
    const identityNumber = numberOf('1980-02-29', '424');
    const command = { patientId: patient.id, version: patient.version, name: '韩雪', identityNumber };
    const { patient: named } = await clinic.request('patient:identify', command);
    expect(named).toMatchObject({
      id: patient.id,
      name: '韩雪',
      unknown: false,
      birthDate: '1980-02-29',
      sex: 'female',
    });
    await clinicAgain.next('patient:changed', ({ patientId }) => patientId === patient.id);
    // Corrected once more: what is left out stays.
    const { patient: corrected } = await clinic.request('patient:identify', {
      patientId: patient.id,
      version: named.version,
      name: '韩雪梅',
      phone: '13900000000',
    });
    expect(corrected).toMatchObject({ name: '韩雪梅', phone: '13900000000', identityNumber, birthDate: '1980-02-29' });
  });

  test('[PA7] a number that belongs to another patient is refused with who that is', async () => {
    const identityNumber = numberOf('1966-06-06', '516');
    const { patient: known } = await clinic.request('patient:register', { name: '曹阿妹', identityNumber });
    const { patient } = await clinic.request('patient:register-unknown', {});
    const command = { patientId: patient.id, version: patient.version, name: '曹阿妹', identityNumber };
    await expect(clinic.request('patient:identify', command)).rejects.toMatchObject({
      code: 'conflict',
      details: { patientId: known.id, name: '曹阿妹' },
    });
    expect((await clinic.request('patient:read', { patientId: patient.id })).patient).toEqual(patient);
  });

  test('[PA8] a change on top of an older version is refused, and of two at once one wins', async () => {
    const { patient } = await clinic.request('patient:register', { name: '旧名' });
    const command = { patientId: patient.id, version: patient.version };
    const answers = await Promise.allSettled([
      clinic.request('patient:identify', { ...command, name: '甲' }),
      clinicAgain.request('patient:identify', { ...command, name: '乙' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find((answer) => answer.status === 'rejected')!.reason).toMatchObject({ code: 'version-conflict' });
    const foreign = otherClinic.request('patient:identify', { ...command, name: '丙' });
    await expect(foreign).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the list', () => {
  test('[PA9] shows the own organisation, newest first, without identity numbers, with the open case', async () => {
    const { patient } = await clinic.request('patient:register', {
      name: '列表甲',
      identityNumber: numberOf('1955-05-05', '617'),
    });
    const { alarm } = await clinic.request('alarm:raise', { patientId: patient.id });
    const { patients } = await clinicAgain.request('patient:list', {});
    expect(patients[0]).toEqual({
      id: patient.id,
      name: '列表甲',
      sex: 'male',
      birthDate: '1955-05-05',
      unknown: false,
      createdAt: patient.createdAt,
      openConsultId: alarm.consultId,
      ecgCount: 0,
    });
    expect(JSON.stringify(patients)).not.toContain('identityNumber');
    const theirs = (await otherClinic.request('patient:list', {})).patients;
    expect(theirs.map(({ name }) => name)).not.toContain('列表甲');
    expect((await desk.request('patient:list', {})).patients).toEqual([]);
    await expect(office.request('patient:list', {})).rejects.toMatchObject({ code: 'forbidden' });
    await clinic.request('alarm:withdraw', { alarmId: alarm.id, reason: '完' });
    const after = (await clinic.request('patient:list', { limit: 1 })).patients;
    expect(after).toMatchObject([{ id: patient.id, openConsultId: null }]);
  });

  test('[PA9] finds a part of the name, taken literally, and a whole identity number', async () => {
    const identityNumber = numberOf('1948-08-08', '814');
    await clinic.request('patient:register', { name: '买买提·艾力(二)', identityNumber });
    const found = async (search: string) =>
      (await clinic.request('patient:list', { search })).patients.map(({ name }) => name);
    expect(await found('提·艾')).toEqual(['买买提·艾力(二)']);
    expect(await found('(二)')).toEqual(['买买提·艾力(二)']);
    expect(await found('.*')).toEqual([]);
    expect(await found('(((')).toEqual([]);
    expect(await found(identityNumber)).toEqual(['买买提·艾力(二)']);
  });
});
