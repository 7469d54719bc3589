import { expect, test } from '@jest/globals';
import { orderConsults } from '../../../client/features/consults/consult-order.ts';
import type { ConsultRow } from '../../../shared/contracts/consults.ts';

const row = (id: string, state: ConsultRow['state'], openedAt: string): ConsultRow => ({
  id,
  state,
  openedAt,
  patientName: '王小明',
  patientSex: 'male',
  patientAgeYears: 56,
  fromOrganisationName: '梅岭镇卫生院',
  toOrganisationName: '示范县人民医院',
  acceptedByName: null,
  outcome: null,
});

const rows = [
  row('closed-new', 'closed', '2026-11-22T05:00:00Z'),
  row('active', 'active', '2026-11-22T03:00:00Z'),
  row('waiting-new', 'waiting', '2026-11-22T04:00:00Z'),
  row('withdrawn-old', 'withdrawn', '2026-11-20T04:00:00Z'),
  row('waiting-old', 'waiting', '2026-11-22T02:00:00Z'),
];

test('who waits longest comes first, then the running consults, then what is over, newest first', () => {
  expect(orderConsults(rows, 'all').map(({ id }) => id)).toEqual([
    'waiting-old',
    'waiting-new',
    'active',
    'closed-new',
    'withdrawn-old',
  ]);
});

test('the filters part the open from the closed', () => {
  expect(orderConsults(rows, 'open').map(({ id }) => id)).toEqual(['waiting-old', 'waiting-new', 'active']);
  expect(orderConsults(rows, 'closed').map(({ id }) => id)).toEqual(['closed-new', 'withdrawn-old']);
});
