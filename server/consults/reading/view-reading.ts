import type { EcgReadingView, ImagingReadingView, ReadingView } from '../../../shared/contracts/readings.ts';
import { runningClaim } from '../../../shared/rules/reading-queue.ts';
import { findStudiesToRead } from '../../imaging/find-study-to-read.ts';
import { findPatients } from '../../patients/find-patient.ts';
import { patientAgeYears } from '../../patients/view-patient.ts';
import { rooms, type ActionContext } from '../../platform/context.ts';
import type { ReadingConsult } from '../consult-record.ts';

type Reading = Pick<ActionContext, 'store' | 'clock'>;

/** Readings as both sides see them, each with its patient's present name; a claim whose lease is over is none. */
export async function viewReadings(consults: readonly ReadingConsult[], context: Reading): Promise<ReadingView[]> {
  const patients = await findPatients(
    consults.map((consult) => consult.patientId),
    context,
  );
  const studyOf = await findStudiesToRead(
    consults.flatMap(({ patientId, reading: { studyInstanceUid } }) =>
      !studyInstanceUid ? [] : [{ patientId, studyInstanceUid }],
    ),
    context,
  );
  const nowMs = context.clock.now().getTime();
  return consults.map((consult) => {
    const { reading } = consult;
    const patient = patients.get(consult.patientId);
    const claim = runningClaim(reading.claim, nowMs);
    return {
      id: consult._id,
      ...viewTarget(consult, studyOf),
      patientId: consult.patientId,
      patientName: patient?.name ?? '',
      patientSex: patient?.sex ?? 'unknown',
      patientAgeYears: patient === undefined ? null : patientAgeYears(patient, consult.openedAt),
      fromOrganisationId: consult.fromOrganisationId,
      fromOrganisationName: consult.fromOrganisationName,
      toOrganisationId: consult.toOrganisationId,
      toOrganisationName: consult.toOrganisationName,
      grade: reading.grade,
      urgent: reading.urgent,
      note: reading.note,
      stage: reading.stage,
      requestedAt: consult.openedAt.toISOString(),
      requestedByName: consult.openedByName,
      dueAt: reading.dueAt.toISOString(),
      claim: claim && {
        accountId: claim.accountId,
        name: claim.name,
        claimedAt: claim.claimedAt.toISOString(),
        expiresAt: claim.expiresAt.toISOString(),
      },
      reportId: reading.reportId,
      reporterAccountId: reading.reporterAccountId,
      reporterName: reading.reporterName,
      reviewerName: reading.reviewerName,
      escalatedConsultId: reading.escalatedConsultId,
      withdrawnReason: reading.withdrawnReason,
      closedAt: consult.closedAt?.toISOString() ?? null,
      version: consult.version,
    };
  });
}

function viewTarget(
  { patientId, reading: { ecgId, studyInstanceUid, examination } }: ReadingConsult,
  studyOf: Awaited<ReturnType<typeof findStudiesToRead>>,
): Pick<EcgReadingView, 'kind' | 'ecgId'> | Pick<ImagingReadingView, 'kind' | 'study'> {
  if (ecgId !== null) return { kind: 'ecg', ecgId };
  const study = studyOf({ patientId, studyInstanceUid: studyInstanceUid! });
  return {
    kind: 'imaging',
    study: {
      studyInstanceUid: studyInstanceUid!,
      examination: examination!,
      modalities: study?.modalities ?? [],
      description: study?.description ?? null,
      studyDate: study?.studyDate ?? null,
      imageCount: study?.imageCount ?? 0,
    },
  };
}

export async function viewReading(consult: ReadingConsult, context: Reading): Promise<ReadingView> {
  return (await viewReadings([consult], context))[0]!;
}

/** Tells the clinic and the lead hospital, and nobody else; answers what they were told. */
export async function tellReadingChanged(
  consult: ReadingConsult,
  context: Pick<ActionContext, 'store' | 'clock' | 'notify'>,
): Promise<ReadingView> {
  const view = await viewReading(consult, context);
  const sides = [rooms.organisation(consult.fromOrganisationId), rooms.organisation(consult.toOrganisationId)];
  await context.notify(sides, 'reading:changed', view);
  return view;
}
