import type { ReadingView } from '../../../shared/contracts/readings.ts';
import type { RequestPayload, RequestReply } from '../../../shared/contracts/registry.ts';
import { countReadings, orderReadings } from '../../../shared/rules/reading-queue.ts';
import { clinicRoles, type Role } from '../../../shared/rules/roles.ts';
import { decide } from '../../permissions/policy.ts';
import type { ActionContext } from '../../platform/context.ts';
import { consultRecord, readingConsultKinds, type ReadingConsult, type ReadingConsultKind } from '../consult-record.ts';
import { viewReadings } from './view-reading.ts';

const MOST_OPEN = 500;
const MOST_DONE = 100;

/**
 * The queue of a reader's hospital, of what they read, and what the actor's clinic asked for: open ones in the order in which they are to
 * be read, at most 500; done ones newest first, at most 100. Counts are of what is listed.
 */
export async function listReadings(
  { state }: RequestPayload<'reading:list'>,
  context: ActionContext,
): Promise<RequestReply<'reading:list'>> {
  const { actor } = context;
  const holds = (...roles: Role[]) => roles.some((role) => actor.roles.includes(role));
  const { organisationId } = actor;
  const readerOf: ReadingConsultKind[] = [
    ...(holds('ecg-reporter', 'ecg-reviewer') ? ['ecg-reading' as const] : []),
    ...(holds('imaging-reporter', 'imaging-reviewer') ? ['imaging-reading' as const] : []),
  ];
  const sides = [
    ...(readerOf.length > 0 ? [{ toOrganisationId: organisationId, kind: { $in: readerOf } }] : []),
    ...(holds(...clinicRoles) ? [{ fromOrganisationId: organisationId, kind: { $in: readingConsultKinds } }] : []),
  ];
  const found = new Map<string, ReadingConsult>();
  for (const side of sides) {
    const query = context.store.model(consultRecord).find({ ...side, open: state === 'open' });
    const some =
      state === 'open'
        ? await query.sort({ 'reading.grade': 1, 'reading.dueAt': 1 }).limit(MOST_OPEN).lean()
        : await query.sort({ closedAt: -1 }).limit(MOST_DONE).lean();
    for (const consult of some) found.set(consult._id, consult as ReadingConsult);
  }
  const readings = await view([...found.values()], context);
  return { readings, counts: countReadings(readings, context.clock.now().getTime()) };
}

/** What was ever asked about a patient's ECGs and images, newest first. */
export async function listReadingsOfPatient(
  patientId: string,
  context: ActionContext,
): Promise<{ readings: ReadingView[] }> {
  const found = await context.store
    .model(consultRecord)
    .find({ patientId, kind: { $in: readingConsultKinds } })
    .sort({ openedAt: -1 })
    .limit(MOST_DONE)
    .lean();
  const readings = await view(found as ReadingConsult[], context);
  return { readings: readings.sort((a, b) => Date.parse(b.requestedAt) - Date.parse(a.requestedAt)) };
}

async function view(found: readonly ReadingConsult[], context: ActionContext): Promise<ReadingView[]> {
  const readings = await viewReadings(
    found.filter((consult) => decide(context.actor, 'reading:read', consult.audience) === 'allow'),
    context,
  );
  const open = readings.filter(({ closedAt }) => closedAt === null);
  const done = readings.filter(({ closedAt }) => closedAt !== null);
  return [...orderReadings(open), ...done.sort((a, b) => Date.parse(b.closedAt!) - Date.parse(a.closedAt!))];
}
