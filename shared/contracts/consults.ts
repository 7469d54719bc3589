import { z } from 'zod';
import { command, id, isoTime, line, prose, query, signal, nothing } from './contract.ts';
import { patientView } from './patients.ts';
import { viewPointer, viewState } from './viewing.ts';

export const consultOutcomes = [
  'transfer-pci',
  'transfer-thrombolysed',
  'transfer-observation',
  'treat-locally',
  'non-cardiac',
  'other',
] as const;

export const participantView = z.object({
  accountId: id,
  name: z.string(),
  organisationId: id,
  organisationName: z.string(),
  side: z.enum(['clinic', 'lead', 'invited']),
  invitedByName: z.string().nullable(),
  joinedAt: isoTime.nullable(),
  /** In the room right now. */
  present: z.boolean(),
});

export const consultView = z.object({
  id,
  kind: z.literal('urgent'),
  reason: z.string(),
  patient: patientView,
  alarmId: id,
  referralId: id,
  state: z.enum(['waiting', 'active', 'closed', 'withdrawn']),
  fromOrganisationId: id,
  fromOrganisationName: z.string(),
  toOrganisationId: id,
  toOrganisationName: z.string(),
  openedAt: isoTime,
  openedByName: z.string(),
  participants: z.array(participantView),
  outcome: z.enum(consultOutcomes).nullable(),
  outcomeNote: z.string().nullable(),
  closedAt: isoTime.nullable(),
  closedByName: z.string().nullable(),
  version: z.number().int(),
});
export type ConsultView = z.infer<typeof consultView>;

export const consultRow = z.object({
  id,
  patientName: z.string(),
  patientSex: z.string(),
  patientAgeYears: z.number().int().nullable(),
  state: consultView.shape.state,
  fromOrganisationName: z.string(),
  toOrganisationName: z.string(),
  openedAt: isoTime,
  acceptedByName: z.string().nullable(),
  outcome: z.enum(consultOutcomes).nullable(),
});
export type ConsultRow = z.infer<typeof consultRow>;

export const messageView = z.object({
  id,
  consultId: id,
  authorAccountId: id,
  authorName: z.string(),
  organisationName: z.string(),
  text: z.string(),
  sentAt: isoTime,
});
export type MessageView = z.infer<typeof messageView>;

/** Who leads the shared picture; one lease per consult, taken over with one click. */
export const viewingLead = z.object({ accountId: id, name: z.string(), since: isoTime }).nullable();

export const consultRequests = {
  'consult:list': query(
    z.object({ state: z.enum(['open', 'closed', 'all']).optional() }),
    z.object({ consults: z.array(consultRow) }),
  ),
  'consult:read': query(z.object({ consultId: id }), z.object({ consult: consultView })),
  /** One click: the person becomes a participant and their windows show the invitation. */
  'consult:invite': command(z.object({ consultId: id, accountId: id }), z.object({ consult: consultView })),
  'consult:close': command(
    z.object({ consultId: id, outcome: z.enum(consultOutcomes), note: prose(1000).optional() }),
    z.object({ consult: consultView }),
  ),
  'consult:send-message': command(z.object({ consultId: id, text: line(2000) }), z.object({ message: messageView })),
  'consult:list-messages': query(z.object({ consultId: id }), z.object({ messages: z.array(messageView) })),
  /** This window looks at the case: it gets the case's notices from now on, and the state of shared viewing. */
  'viewing:open': signal(z.object({ consultId: id }), z.object({ lead: viewingLead, state: viewState.nullable() })),
  'viewing:leave': signal(z.object({ consultId: id }), nothing),
  'viewing:take-lead': signal(z.object({ consultId: id }), z.object({ lead: viewingLead })),
  /** Only the leader's state counts; others are answered conflict. */
  'viewing:show': signal(z.object({ consultId: id, state: viewState }), nothing),
  'viewing:point': signal(z.object({ consultId: id, pointer: viewPointer }), nothing),
} as const;

export const consultNotices = {
  'consult:changed': consultView,
  'consult:invited': z.object({
    consultId: id,
    byName: z.string(),
    organisationName: z.string(),
    patientName: z.string(),
  }),
  'consult:message-sent': messageView,
  'viewing:lead-changed': z.object({ consultId: id, lead: viewingLead }),
  'viewing:shown': z.object({ consultId: id, byAccountId: id, state: viewState }),
  'viewing:pointed': z.object({
    consultId: id,
    accountId: id,
    name: z.string(),
    windowId: z.string(),
    pointer: viewPointer,
  }),
} as const;
