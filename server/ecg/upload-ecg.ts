import type { EcgView } from '../../shared/contracts/ecg.ts';
import type { PatientMismatch } from '../../shared/contracts/patients.ts';
import type { ErrorCode } from '../../shared/contracts/errors.ts';
import type { PersonFacts } from '../../shared/rules/patient-match.ts';
import { findPatient } from '../patients/find-patient.ts';
import { matchPatient } from '../patients/match-patient.ts';
import { patientSubject, patientSubjectOfConsult } from '../patients/patient-subject.ts';
import { patientAgeYears } from '../patients/view-patient.ts';
import { receivePatient } from '../patients/receive-patient.ts';
import { audienceForNewRecord } from '../patients/share-patient.ts';
import { decide } from '../permissions/policy.ts';
import type { StagedBlob } from '../platform/blobs/blob-store.ts';
import { rooms, type ActionContext, type Subject } from '../platform/context.ts';
import { HubError } from '../platform/errors.ts';
import { newId } from '../platform/store/store.ts';
import { recordTimelineNode } from '../timeline/record-timeline-node.ts';
import { summariseJob, type EcgPerson, type EcgSummary } from './ecg-job.ts';
import { ecgRecord, type EcgFields } from './ecg-record.ts';
import { keepOverview } from './keep-overview.ts';
import { findRuleTableFor } from './rules/find-rule-table.ts';
import { isPicture, takePaper } from './take-paper.ts';
import { viewOfEcg } from './view-ecg.ts';

export interface UploadEcg {
  file: StagedBlob;
  fileName: string;
  patientId?: string | undefined;
  consultId?: string | undefined;
  acquiredAt?: string | undefined;
  confirmMismatch: boolean;
}

const refusals: Record<string, ErrorCode> = {
  'not-an-ecg': 'not-an-ecg',
  'unsupported-format': 'not-an-ecg',
  'too-large': 'too-large',
  truncated: 'ecg-damaged',
  malformed: 'ecg-damaged',
  'hostile-xml': 'ecg-damaged',
};

/**
 * Takes an ECG file into a patient's record: parsed off the serving thread, compared with the patient, made durable,
 * committed with audit and notices, and only then answered. The same bytes again answer the ECG that is there.
 * Throws patient-mismatch (with the comparison) until the sender confirms, not-an-ecg, ecg-damaged, too-large;
 * for a picture of paper also what to do better at the next one.
 */
export async function uploadEcg(
  command: UploadEcg,
  context: ActionContext,
): Promise<{ ecg: EcgView; existing: boolean }> {
  const { file } = command;
  try {
    const subject = (await permitEcgUpload(command, context)) ?? (await subjectOfFile());
    const patientId = subject.id;
    const ruleTable = await findRuleTableFor(subject.audience.organisationIds, context);
    const person = await personOf(patientId, context);
    const paper = (await isPicture(file)) ? await takePaper(file, context) : null;
    const summary = paper?.summary ?? (await readEcg(file, ruleTable === null ? person : { ...person, ruleTable }));
    const mismatch = await compare(summary, patientId, command.confirmMismatch, context);

    const known = await context.store.model(ecgRecord).findOne({ patientId, sha256: file.sha256 }).lean();
    if (known !== null) {
      await file.discard();
      await context.audit({
        action: 'ecg:upload',
        outcome: 'done',
        subject: { type: 'ecg', id: known._id, patientId },
        details: { existing: true },
      });
      return { ecg: viewOfEcg(known), existing: true };
    }
    const overview = await keepOverview(file.path, summary, context);
    await file.keep();
    const image = (await paper?.keep()) ?? null;
    const fields = await context.commit(async () => {
      // Looked up again inside: the audience may have grown while the file was on its way.
      const audience = await audienceForNewRecord(patientId, context);
      const twin = await context.store.model(ecgRecord).findOne({ patientId, sha256: file.sha256 }).lean();
      if (twin !== null) return twin;
      const receivedAt = context.clock.now();
      const made: EcgFields = {
        _id: newId(),
        patientId,
        consultId: command.consultId ?? null,
        audience,
        format: summary.format,
        fileName: command.fileName,
        sha256: file.sha256,
        byteLength: file.byteLength,
        acquiredAt: summary.acquiredAt ?? command.acquiredAt ?? null,
        receivedAt,
        sentByAccountId: context.actor.accountId,
        sentByName: context.actor.name,
        device: summary.device,
        leadNames: summary.leadNames,
        durationSeconds: summary.durationSeconds,
        detectedHeartRatePerMinute: summary.detectedHeartRatePerMinute,
        measurements: { ...summary.measurements },
        statements: summary.statements,
        warnings: summary.warnings,
        mismatch,
        preReadGrade: summary.preRead?.danger ?? null,
        preRead: summary.preRead,
        image,
        overview,
      };
      await context.store.model(ecgRecord).create([made]);
      const note = { subject: { type: 'ecg', id: made._id, patientId }, outcome: 'done' as const };
      await context.audit({ ...note, action: 'ecg:upload', details: { format: made.format, bytes: made.byteLength } });
      if (mismatch !== null)
        await context.audit({
          ...note,
          action: 'ecg:confirm-mismatch',
          details: { fields: mismatch.fields.join(' ') },
        });
      for (const consult of audience.consults) {
        await recordTimelineNode(
          { consultId: consult.consultId, kind: 'ecg-uploaded', source: 'system', deviceTime: summary.acquiredAt },
          context,
        );
      }
      const consults = audience.consults;
      await context.notify(
        [
          ...audience.organisationIds.map(rooms.organisation),
          ...consults.flatMap((consult) => [
            rooms.consult(consult.consultId),
            ...consult.organisationIds.map(rooms.organisation),
            ...consult.accountIds.map(rooms.account),
          ]),
        ],
        'ecg:added',
        { ecgId: made._id, patientId, consultId: made.consultId },
      );
      return made;
    });
    return { ecg: viewOfEcg(fields), existing: false };
  } catch (thrown) {
    await file.discard();
    throw thrown;
  }

  /**
   * Whose an ECG is when its sender does not say: whose it was when it came before, else the one whom its identity
   * number names, else a new one. Paper names nobody.
   */
  async function subjectOfFile(): Promise<Subject> {
    const own = { sha256: file.sha256, 'audience.organisationIds': context.actor.organisationId };
    const known = await context.store.model(ecgRecord).findOne(own, { patientId: 1 }).lean();
    if (known === null && (await isPicture(file))) throw new HubError('invalid', { field: 'patientId' });
    if (known !== null) return context.permit('ecg:upload', await patientSubject(known.patientId, context));
    const person = factsOf(await readEcg(file, unknownPerson));
    const patientId = await context.commit(() => receivePatient({ person, source: `ecg:${file.sha256}` }, context));
    return context.permit('ecg:upload', await patientSubject(patientId, context));
  }

  async function readEcg(staged: StagedBlob, person: EcgPerson): Promise<EcgSummary> {
    try {
      return await context.hub.threads.run(summariseJob, { path: staged.path, person });
    } catch (thrown) {
      const code = refusals[String((thrown as { code?: unknown }).code)];
      if ((thrown as Error).name !== 'EcgDecodeError' || code === undefined) throw thrown;
      throw new HubError(code, { where: (thrown as Error).message });
    }
  }
}

/**
 * The patient whom the sender names, once permitted; null where nobody is named and the actor may send so: then the
 * file says whose it is. Throws not-found, forbidden.
 */
export async function permitEcgUpload(
  { patientId, consultId }: Pick<UploadEcg, 'patientId' | 'consultId'>,
  context: ActionContext,
): Promise<Subject | null> {
  if (patientId === undefined && consultId === undefined) {
    const decision = decide(context.actor, 'ecg:receive');
    if (decision !== 'allow') throw new HubError(decision);
    return null;
  }
  const subject = context.permit(
    'ecg:upload',
    patientId !== undefined
      ? await patientSubject(patientId, context)
      : await patientSubjectOfConsult(consultId ?? '', context),
  );
  // A case is named only together with its own patient.
  if (consultId !== undefined && !subject.audience.consults.some((consult) => consult.consultId === consultId))
    throw new HubError('not-found');
  return subject;
}

/** Where the file names nobody else nothing is asked of its person. */
const unknownPerson: EcgPerson = { sex: null, ageYears: null };

async function personOf(patientId: string, context: ActionContext): Promise<EcgPerson> {
  const patient = await findPatient(patientId, context);
  const sex = patient.sex === 'unknown' ? null : patient.sex;
  return { sex, ageYears: patientAgeYears(patient, context.clock.now()) };
}

/** Null where the file names nobody else; throws patient-mismatch where it does and nobody has confirmed. */
async function compare(
  summary: EcgSummary,
  patientId: string,
  confirmed: boolean,
  context: ActionContext,
): Promise<PatientMismatch | null> {
  return matchPatient({ patientId, file: factsOf(summary), confirmed }, context);
}

const factsOf = ({ patient }: EcgSummary): PersonFacts => ({
  identityNumber: patient?.id ?? null,
  name: patient?.name ?? null,
  sex: patient?.sex ?? null,
  birthDate: patient?.birthDate ?? null,
});
