import type { AlarmView } from '../../../shared/contracts/alarms.ts';

const raisedAt = '2026-11-22T02:00:00.000Z';

export function receipt(
  name: string,
  deliveredAfterSeconds: number,
  seenAfterSeconds: number | null,
  canSound = true,
): AlarmView['receipts'][number] {
  const at = (seconds: number) => new Date(Date.parse(raisedAt) + seconds * 1000).toISOString();
  return {
    accountId: '0123456789abcdef01234567',
    name,
    deliveredAt: at(deliveredAfterSeconds),
    seenAt: seenAfterSeconds === null ? null : at(seenAfterSeconds),
    canSound,
  };
}

/** A ringing alarm, 10:00 in China. */
export function alarm(part: Partial<AlarmView> = {}): AlarmView {
  return {
    id: 'a',
    consultId: 'c',
    referralId: 'r',
    patientId: 'p',
    patientName: '王小明',
    patientSex: 'male',
    patientAgeYears: 56,
    kind: 'chest-pain',
    fromOrganisationId: 'o1',
    fromOrganisationName: '梅岭镇卫生院',
    fromTelephone: null,
    raisedByName: '张三',
    deskOrganisationId: 'o2',
    deskOrganisationName: '示范县人民医院',
    deskTelephone: '0000-1234567',
    state: 'ringing',
    raisedAt,
    receipts: [],
    nobodyOnDuty: false,
    acceptedByAccountId: null,
    acceptedByName: null,
    acceptedAt: null,
    enteredRoomAt: null,
    withdrawnByName: null,
    withdrawnAt: null,
    withdrawReason: null,
    ...part,
  };
}
