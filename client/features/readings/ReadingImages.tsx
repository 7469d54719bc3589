import { useTranslation } from 'react-i18next';
import type { ImagingReadingView } from '../../../shared/contracts/readings.ts';
import type { PatientView } from '../../../shared/contracts/patients.ts';
import { useRequest } from '../../connection/wiring.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { StudyImages } from '../imaging/StudyImages.tsx';
import { MismatchNote } from '../patients/MismatchNote.tsx';

/** The images of a reading in the viewer, with the patient's other studies to compare. */
export function ReadingImages({ reading, patient }: { reading: ImagingReadingView; patient: PatientView }) {
  const { t } = useTranslation();
  const { studyInstanceUid } = reading.study;
  const list = useRequest('imaging:list', { patientId: patient.id, studyInstanceUid });
  if (list.error && !list.data) return <LoadFailed error={list.error} onRetry={() => void list.refetch()} />;
  if (!list.data) return <Loading />;
  const study = list.data.studies.find((one) => one.studyInstanceUid === studyInstanceUid);
  if (study === undefined) return <p className="empty">{t('reading.imagesMissing')}</p>;
  return (
    <div className="reading-images">
      {study.mismatch && <MismatchNote mismatch={study.mismatch} />}
      <StudyImages studies={list.data.studies} patient={patient} readFirst={studyInstanceUid} />
    </div>
  );
}
