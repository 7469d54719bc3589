import { z } from 'zod';
import { command, id, isoTime, line, nothing, query, signal } from './contract.ts';

/** Each step of an alarm's delivery; seconds are counted by the server from raisedAt. */
export const alarmReceipt = z.object({
  accountId: id,
  name: z.string(),
  deliveredAt: isoTime,
  seenAt: isoTime.nullable(),
  /** false: the window rings without sound and says so. */
  canSound: z.boolean(),
});

export const alarmView = z.object({
  id,
  consultId: id,
  referralId: id,
  patientId: id,
  patientName: z.string(),
  patientSex: z.string(),
  patientAgeYears: z.number().int().nullable(),
  kind: z.literal('chest-pain'),
  fromOrganisationId: id,
  fromOrganisationName: z.string(),
  fromTelephone: z.string().nullable(),
  raisedByName: z.string(),
  deskOrganisationId: id,
  deskOrganisationName: z.string(),
  deskTelephone: z.string().nullable(),
  state: z.enum(['ringing', 'accepted', 'withdrawn']),
  raisedAt: isoTime,
  receipts: z.array(alarmReceipt),
  /** Nobody of the desk was on duty with an open window when the alarm was raised; cleared when somebody comes. */
  nobodyOnDuty: z.boolean(),
  acceptedByAccountId: id.nullable(),
  acceptedByName: z.string().nullable(),
  acceptedAt: isoTime.nullable(),
  enteredRoomAt: isoTime.nullable(),
  withdrawnByName: z.string().nullable(),
  withdrawnAt: isoTime.nullable(),
  withdrawReason: z.string().nullable(),
});
export type AlarmView = z.infer<typeof alarmView>;

export const deskView = z.object({
  organisationId: id,
  organisationName: z.string(),
  telephone: z.string().nullable(),
  onDuty: z.array(
    z.object({
      accountId: id,
      name: z.string(),
      since: isoTime,
      windows: z.number().int(),
      soundingWindows: z.number().int(),
    }),
  ),
});
export type DeskView = z.infer<typeof deskView>;

/** The press and its two answers: each changes alarm, consult and referral file together. */
export const alarmCaseRequests = {
  /**
   * The emergency press. In one transaction: alarm, consult with its room, green-channel referral file. Opens the
   * case instead (`existing: true`) while one of the same patient, or an unnamed ringing one, is open.
   */
  'alarm:raise': command(
    z.object({
      patientId: id.optional(),
      /** "This is another patient": makes a new unknown patient although an unnamed case is ringing. */
      anotherPatient: z.boolean().optional(),
      /**
       * With anotherPatient: the unnamed case that the sender was looking at. If the unnamed case is another one by
       * now (a double click), that one is opened and nobody is rung again.
       */
      besideConsultId: id.optional(),
      /** Millisecond UTC clock of the sender's device; kept beside the server's. */
      deviceTime: isoTime.optional(),
    }),
    z.object({ alarm: alarmView, existing: z.boolean(), unnamed: z.boolean() }),
  ),
  'alarm:accept': command(z.object({ alarmId: id }), z.object({ alarm: alarmView })),
  'alarm:withdraw': command(z.object({ alarmId: id, reason: line(200) }), z.object({ alarm: alarmView })),
} as const;

/** The alarm's receipts and the desk's duty. */
export const alarmDeskRequests = {
  'alarm:read': query(z.object({ consultId: id }), z.object({ alarm: alarmView })),
  /** The desk's ringing alarms (a window that has just come asks for them). */
  'alarm:list-ringing': query(nothing, z.object({ alarms: z.array(alarmView) })),
  'alarm:confirm-delivery': command(z.object({ alarmId: id, canSound: z.boolean() }), nothing),
  'alarm:confirm-seen': command(z.object({ alarmId: id }), nothing),
  'duty:start': command(nothing, z.object({ desk: deskView })),
  'duty:end': command(nothing, z.object({ desk: deskView })),
  /** The desk as its own people, and the clinics it serves, see it. */
  'duty:read': query(nothing, z.object({ desk: deskView.nullable(), onDuty: z.boolean() })),
  /** Each window says whether it can ring aloud right now. */
  'duty:report-window': signal(z.object({ canSound: z.boolean() }), nothing),
} as const;

export const alarmRequests = { ...alarmCaseRequests, ...alarmDeskRequests } as const;

export const alarmNotices = {
  /** To every window of the desk: ring. */
  'alarm:raised': alarmView,
  /** To both sides: receipts, acceptance, withdrawal. */
  'alarm:changed': alarmView,
  'duty:changed': deskView,
} as const;
