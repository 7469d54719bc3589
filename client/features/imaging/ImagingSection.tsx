import { Button } from 'antd';
import { useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { MOST_STUDIES, patientHeader, USUAL_STUDIES, type StudyView } from '../../../shared/contracts/imaging.ts';
import type { PatientView } from '../../../shared/contracts/patients.ts';
import { accountHeader } from '../../connection/http.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useRequest, useSession, useWiring } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { MismatchNote } from '../patients/MismatchNote.tsx';
import { AskForReading } from '../readings/AskForReading.tsx';
import { ImagingUpload } from './ImagingUpload.tsx';
import { QuarantineNotice } from './QuarantineNotice.tsx';
import { imageSeries, StudyImages } from './StudyImages.tsx';
import { useThumbnails } from './viewer/use-thumbnails.ts';
import './imaging-section.css';

/** The patient's images: new ones by drop, the studies with a small picture, one to look at and to have read. */
export function ImagingSection({
  patient,
  consultId,
  canUpload,
}: {
  patient: PatientView;
  consultId?: string;
  canUpload: boolean;
}) {
  const { t } = useTranslation();
  const { cache, imagingUploads } = useWiring();
  const [adding, setAdding] = useState(false);
  const [chosenUid, setChosenUid] = useState<string | null>(null);
  const [looking, setLooking] = useState(false);
  const uploads = useSyncExternalStore(imagingUploads.uploads.subscribe, imagingUploads.uploads.get);
  const busy = uploads.some(({ target }) => target.patientId === patient.id);
  const [limit, setLimit] = useState(USUAL_STUDIES);
  const newest = useRequest('imaging:list', { patientId: patient.id });
  const asked = { enabled: limit > USUAL_STUDIES, keepPrevious: true };
  const more = useRequest('imaging:list', { patientId: patient.id, limit }, asked);
  // Older ones that could not be read take nothing away that is there.
  const list = more.data === undefined ? newest : more;
  const older = list.data === undefined ? 0 : list.data.total - list.data.studies.length;
  const studies = useMemo(
    () => (list.data?.studies ?? []).filter((study) => imageSeries([study]).length > 0),
    [list.data],
  );
  const shown = studies.find(({ studyInstanceUid }) => studyInstanceUid === chosenUid) ?? studies[0];
  const refresh = () =>
    void cache.invalidateQueries({ queryKey: queryKeyOf('imaging:list', { patientId: patient.id }) });
  return (
    <section className="imaging-section" aria-label={t('imaging.section')} data-testid="imaging-section">
      <div className="row">
        <h2>{t('imaging.section')}</h2>
        {canUpload && (
          <Button className="push" data-testid="add-images" aria-expanded={adding} onClick={() => setAdding(!adding)}>
            {t('case.addImages')}
          </Button>
        )}
      </div>
      <QuarantineNotice patientId={patient.id} />
      {canUpload && (adding || busy) && (
        <ImagingUpload patientId={patient.id} {...(consultId === undefined ? {} : { consultId })} onStored={refresh} />
      )}
      {list.error && <LoadFailed error={list.error} onRetry={() => void list.refetch()} />}
      {more.error && <LoadFailed error={more.error} onRetry={() => void more.refetch()} />}
      {list.data && studies.length === 0 && older === 0 && !adding && !busy && (
        <p className="secondary">{t('imaging.none')}</p>
      )}
      {studies.length > 0 && (
        <StudyChoice
          patientId={patient.id}
          studies={studies}
          shownUid={shown?.studyInstanceUid}
          onChoose={setChosenUid}
        />
      )}
      {older > 0 && limit < MOST_STUDIES && (
        <div className="row">
          <Button
            data-testid="older-studies"
            loading={more.isFetching}
            onClick={() => setLimit(Math.min(MOST_STUDIES, limit + USUAL_STUDIES))}
          >
            {t('imaging.older', { count: older })}
          </Button>
        </div>
      )}
      {older > 0 && limit === MOST_STUDIES && <p className="secondary">{t('imaging.mostListed', { count: older })}</p>}
      {shown !== undefined && (
        <>
          {shown.mismatch && <MismatchNote mismatch={shown.mismatch} />}
          <div className="row">
            <Button data-testid="look-at-images" aria-expanded={looking} onClick={() => setLooking(!looking)}>
              {t(looking ? 'imaging.putAway' : 'imaging.look')}
            </Button>
          </div>
          {canUpload && (
            <AskForReading
              key={`ask-${shown.studyInstanceUid}`}
              about={{ studyInstanceUid: shown.studyInstanceUid }}
              patientId={patient.id}
            />
          )}
          {looking && (
            <div className="imaging-section-viewer" key={shown.studyInstanceUid}>
              <StudyImages studies={studies} patient={patient} readFirst={shown.studyInstanceUid} />
            </div>
          )}
        </>
      )}
    </section>
  );
}

/** The studies, newest first, each with the small picture of its first series. */
function StudyChoice({
  patientId,
  studies,
  shownUid,
  onChoose,
}: {
  patientId: string;
  studies: readonly StudyView[];
  shownUid: string | undefined;
  onChoose: (studyInstanceUid: string) => void;
}) {
  const { t } = useTranslation();
  const { accountId } = useSession();
  const headers = useMemo(() => ({ [accountHeader]: accountId, [patientHeader]: patientId }), [accountId, patientId]);
  const first = useMemo(() => studies.flatMap((study) => imageSeries([study]).slice(0, 1)), [studies]);
  const thumbnailOf = useThumbnails('/dicom-web', headers, first);
  return (
    <nav className="choices study-list" aria-label={t('imaging.section')} data-testid="study-list">
      {studies.map((study, at) => {
        const images = imageSeries([study]).reduce((sum, { instances }) => sum + instances.length, 0);
        const picture = first[at] && thumbnailOf(first[at]);
        return (
          <button
            key={study.studyInstanceUid}
            type="button"
            aria-pressed={study.studyInstanceUid === shownUid}
            data-testid="study-choice"
            onClick={() => onChoose(study.studyInstanceUid)}
          >
            {picture === undefined ? (
              <span className="study-picture" />
            ) : (
              <img className="study-picture" src={picture} alt="" />
            )}
            <strong>{study.modalities.join('/')}</strong>
            <span className="study-words">{study.description ?? t('imaging.unnamed')}</span>
            <span className="figure secondary">
              {study.studyDate ?? t('imaging.undated')} · {t('reading.images', { count: images })}
            </span>
          </button>
        );
      })}
    </nav>
  );
}
