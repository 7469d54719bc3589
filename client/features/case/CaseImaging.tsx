import { Button } from 'antd';
import { useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { StudyView } from '../../../shared/contracts/imaging.ts';
import type { PatientView } from '../../../shared/contracts/patients.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useWiring } from '../../connection/wiring.tsx';
import { ImagingUpload } from '../imaging/ImagingUpload.tsx';
import { QuarantineNotice } from '../imaging/QuarantineNotice.tsx';
import { imageSeries, StudyImages } from '../imaging/StudyImages.tsx';
import { MismatchNote } from '../patients/MismatchNote.tsx';
import type { SharedViewing } from './use-shared-viewing.ts';

/** The case's DICOM series in the viewer, seen together. */
export function CaseImaging(props: {
  studies: readonly StudyView[];
  patient: PatientView;
  consultId: string;
  viewing: SharedViewing;
  canUpload: boolean;
}) {
  const { studies, patient, consultId, viewing } = props;
  const { t } = useTranslation();
  const { cache, imagingUploads } = useWiring();
  const [adding, setAdding] = useState(false);
  const uploads = useSyncExternalStore(imagingUploads.uploads.subscribe, imagingUploads.uploads.get);
  const busy = uploads.some(({ target }) => target.patientId === patient.id);
  const upload = props.canUpload && (
    <ImagingUpload
      patientId={patient.id}
      consultId={consultId}
      onStored={() => void cache.invalidateQueries({ queryKey: queryKeyOf('imaging:list', { patientId: patient.id }) })}
    />
  );
  if (imageSeries(studies).length === 0) {
    return (
      <div className="case-view">
        <div className="case-empty">
          <strong>{t('case.noImages')}</strong>
          {upload || <p>{t('case.waitForImages')}</p>}
        </div>
      </div>
    );
  }
  return (
    <div className="case-view" onDragEnter={() => setAdding(true)}>
      <QuarantineNotice patientId={patient.id} />
      {studies.map((study) => study.mismatch && <MismatchNote key={study.id} mismatch={study.mismatch} />)}
      {upload && (
        <>
          <div className="case-strip">
            <Button className="push" data-testid="add-images" aria-expanded={adding} onClick={() => setAdding(!adding)}>
              {t('case.addImages')}
            </Button>
          </div>
          {(adding || busy) && upload}
        </>
      )}
      <StudyImages studies={studies} patient={patient} together={viewing} />
    </div>
  );
}
