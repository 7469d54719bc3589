import type { z } from 'zod';
import { accountRequests } from './accounts.ts';
import { alarmNotices, alarmRequests } from './alarms.ts';
import { consultNotices, consultRequests } from './consults.ts';
import type { Answer, RequestMeta } from './contract.ts';
import { criticalValueNotices, criticalValueRequests } from './critical-values.ts';
import { ecgNotices, ecgRequests } from './ecg.ts';
import { ecgRulesNotices, ecgRulesRequests } from './ecg-rules.ts';
import { imageMarkNotices, imageMarkRequests } from './image-marks.ts';
import { imagingNotices, imagingRequests } from './imaging.ts';
import { patientNotices, patientRequests } from './patients.ts';
import { readingNotices, readingRequests } from './readings.ts';
import { referralNotices, referralRequests } from './referrals.ts';
import { reportNotices, reportRequests } from './reports.ts';
import { teachingCopyRequests } from './teaching-copy.ts';
import { timelineNotices, timelineRequests } from './timeline.ts';
import { callNotices, callRequests } from './call.ts';

/** Every request and every notice of the socket, slice by slice. Nothing else travels on it. */
export const requests = {
  ...accountRequests,
  ...patientRequests,
  ...ecgRequests,
  ...ecgRulesRequests,
  ...imagingRequests,
  ...imageMarkRequests,
  ...teachingCopyRequests,
  ...alarmRequests,
  ...referralRequests,
  ...consultRequests,
  ...callRequests,
  ...readingRequests,
  ...criticalValueRequests,
  ...reportRequests,
  ...timelineRequests,
} as const;

export const notices = {
  ...patientNotices,
  ...ecgNotices,
  ...ecgRulesNotices,
  ...imagingNotices,
  ...imageMarkNotices,
  ...alarmNotices,
  ...referralNotices,
  ...consultNotices,
  ...callNotices,
  ...readingNotices,
  ...criticalValueNotices,
  ...reportNotices,
  ...timelineNotices,
} as const;

export type RequestName = keyof typeof requests;
export type RequestPayload<N extends RequestName> = z.infer<(typeof requests)[N]['payload']>;
export type RequestReply<N extends RequestName> = z.infer<(typeof requests)[N]['reply']>;

export type NoticeName = keyof typeof notices;
export type Notice<N extends NoticeName> = z.infer<(typeof notices)[N]>;

/** socket.io's event maps, made from the tables above. */
export type ClientToServerEvents = {
  [N in RequestName]: (
    payload: RequestPayload<N>,
    meta: RequestMeta,
    reply: (answer: Answer<RequestReply<N>>) => void,
  ) => void;
};
export type ServerToClientEvents = { [N in NoticeName]: (notice: Notice<N>) => void } & {
  /** The window's session has ended or was replaced; the window says so and does nothing more. */
  'session:ended': (notice: { reason: 'signed-out' | 'replaced' }) => void;
};
