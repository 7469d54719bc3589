import type { Slice } from '../platform/slice.ts';
import { auditRecord } from './audit-record.ts';

export const auditSlice: Slice = { name: 'audit', records: [auditRecord] };
