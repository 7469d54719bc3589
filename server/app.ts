import { accountsSlice } from './accounts/accounts-slice.ts';
import { alarmsSlice } from './alarms/alarms-slice.ts';
import { auditSlice } from './audit/audit-slice.ts';
import { consultsSlice } from './consults/consults-slice.ts';
import { ecgSlice } from './ecg/ecg-slice.ts';
import { imagingSlice } from './imaging/imaging-slice.ts';
import { organisationsSlice } from './organisations/organisations-slice.ts';
import { patientsSlice } from './patients/patients-slice.ts';
import type { Slice } from './platform/slice.ts';
import { referralsSlice } from './referrals/referrals-slice.ts';
import { reportsSlice } from './reports/reports-slice.ts';
import { timelineSlice } from './timeline/timeline-slice.ts';
import { uploadsSlice } from './uploads/uploads-slice.ts';

/** The table of contents: every slice of the hub, in the order in which they may know each other. */
export const slices = (endSession: Parameters<typeof accountsSlice>[0]): Slice[] => [
  accountsSlice(endSession),
  organisationsSlice,
  auditSlice,
  patientsSlice,
  ecgSlice,
  imagingSlice,
  uploadsSlice,
  alarmsSlice,
  referralsSlice,
  timelineSlice,
  consultsSlice,
  reportsSlice,
];
