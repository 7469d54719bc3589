import type { RequestPayload } from '../../../shared/contracts/registry.ts';
import { holdsDocuments } from '../../../shared/dicom/documents.ts';
import { examinationKindOf } from '../../../shared/rules/imaging-clock.ts';
import { gradeOnRequest, nameOfGrade, type ReadingGrade } from '../../../shared/rules/reading-queue.ts';
import { findEcgToRead } from '../../ecg/find-ecg.ts';
import { findStudyToRead } from '../../imaging/find-study-to-read.ts';
import { studySubject } from '../../imaging/find-studies.ts';
import type { ActionContext } from '../../platform/context.ts';
import { HubError } from '../../platform/errors.ts';
import type { ReadingConsultKind, ReadingTarget } from '../consult-record.ts';
import type { ReadingRules } from './default-reading-rules.ts';

/** What a request is about, and what follows from that. */
export interface RequestedTarget {
  kind: ReadingConsultKind;
  /** The agreement that leads to its readers. */
  service: 'ecg' | 'imaging';
  reason: string;
  patientId: string;
  target: ReadingTarget;
  grade: ReadingGrade;
  /** Until the report should be signed, by the rules of the hospital that reads it. */
  minutes(rules: ReadingRules): number;
}

/** Throws not-found, or invalid for a study without images. */
export async function findReadingTarget(
  { ecgId, studyInstanceUid, patientId: ofPatientId, urgent = false }: RequestPayload<'reading:request'>,
  context: ActionContext,
): Promise<RequestedTarget> {
  if (studyInstanceUid !== undefined) {
    const subject = await studySubject(studyInstanceUid, context, ofPatientId);
    if (subject === null) throw new HubError('not-found');
    return studyTarget(subject.id, urgent, context);
  }
  if (ecgId === undefined) throw new HubError('invalid', { field: 'ecgId' });
  const { patientId, preReadGrade } = await findEcgToRead(ecgId, context);
  const grade = gradeOnRequest(preReadGrade, urgent);
  return {
    ...{ kind: 'ecg-reading', service: 'ecg', reason: '心电诊断', patientId, grade },
    target: { ecgId, studyInstanceUid: null, examination: null },
    minutes: ({ minutesByGrade }) => minutesByGrade[nameOfGrade(grade)],
  };
}

async function studyTarget(studyId: string, urgent: boolean, context: ActionContext): Promise<RequestedTarget> {
  const study = await findStudyToRead(studyId, context);
  const { studyInstanceUid } = study;
  if (study.modalities.every(holdsDocuments)) throw new HubError('invalid', { field: 'studyInstanceUid' });
  const examination = examinationKindOf(study);
  return {
    ...{ kind: 'imaging-reading', service: 'imaging', reason: '影像诊断', patientId: study.patientId },
    grade: gradeOnRequest(null, urgent),
    target: { ecgId: null, studyInstanceUid, examination },
    minutes: ({ imagingMinutes }) => imagingMinutes[examination][urgent ? 'urgent' : 'routine'],
  };
}
