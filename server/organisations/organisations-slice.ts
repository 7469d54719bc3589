import type { Slice } from '../platform/slice.ts';
import { agreementRecord } from './agreement-record.ts';
import { organisationRecord } from './organisation-record.ts';

export const organisationsSlice: Slice = { name: 'organisations', records: [organisationRecord, agreementRecord] };
