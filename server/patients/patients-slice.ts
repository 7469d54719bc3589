import type { Slice } from '../platform/slice.ts';
import { patientRecord } from './patient-record.ts';
import { patientEvents } from './patients-events.ts';

export const patientsSlice: Slice = { name: 'patients', records: [patientRecord], events: patientEvents };
