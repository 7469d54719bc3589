import { Button } from 'antd';
import { Suspense, useCallback, useMemo, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { StudyView } from '../../../shared/contracts/imaging.ts';
import type { PatientView } from '../../../shared/contracts/patients.ts';
import type { ImagingViewState } from '../../../shared/contracts/viewing.ts';
import { holdsDocuments } from '../../../shared/dicom/documents.ts';
import type { Role } from '../../../shared/rules/roles.ts';
import { queryKeyOf } from '../../connection/notice-cache.ts';
import { useSession, useWiring } from '../../connection/wiring.tsx';
import { accountHeader } from '../../connection/http.ts';
import { lazyScreen } from '../../connection/load-code.ts';
import { Loading } from '../../ui/Loading.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { ImagingUpload } from '../imaging/ImagingUpload.tsx';
import { useKeptMarks } from '../imaging/marks/use-kept-marks.ts';
import { againWithKept, withoutKept } from '../imaging/viewer/use-marks-in-view.ts';
import { useMarkExports } from '../imaging/marks/use-mark-exports.ts';
import { TeachingCopyDialog } from '../imaging/teaching/TeachingCopyDialog.tsx';
import { QuarantineNotice } from '../imaging/QuarantineNotice.tsx';
import { MismatchNote } from '../patients/MismatchNote.tsx';
import type { SharedViewing } from './use-shared-viewing.ts';

/** Who takes de-identified copies out; the hub decides. */
const copiers: readonly Role[] = ['imaging-reporter', 'imaging-reviewer', 'specialist'];

const ImagingViewer = lazyScreen(() => import('../imaging/viewer/ImagingViewer.tsx'));

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
  const { accountId, roles } = useSession();
  const errorText = useErrorText();
  const kept = useKeptMarks(patient.id);
  const [copied, setCopied] = useState<string | null>(null);
  const exports = {
    ...useMarkExports(kept.standing),
    ...(copiers.some((role) => roles.includes(role)) && { exportTeaching: setCopied }),
  };
  const series = useMemo(
    () =>
      studies.flatMap((study) =>
        study.series
          .filter(({ modality }) => !holdsDocuments(modality))
          .map((one) => ({
            studyInstanceUid: study.studyInstanceUid,
            seriesInstanceUid: one.seriesInstanceUid,
            modality: one.modality,
            ...(one.description === null ? {} : { description: one.description }),
            ...(study.studyDate === null ? {} : { studyDate: study.studyDate }),
            instances: one.instances.map((instance) => ({
              sopInstanceUid: instance.sopInstanceUid,
              numberOfFrames: instance.numberOfFrames,
              ...(instance.instanceNumber === null ? {} : { instanceNumber: instance.instanceNumber }),
            })),
          })),
      ),
    [studies],
  );
  const { show, shown } = viewing;
  const { measurements } = kept.marks;
  const given = useMemo(
    () =>
      shown?.kind === 'imaging' ? { ...shown, measurements: againWithKept(shown.measurements, measurements) } : null,
    [shown, measurements],
  );
  const tell = useCallback(
    (state: ImagingViewState) => show({ ...state, measurements: withoutKept(state.measurements, measurements) }),
    [show, measurements],
  );
  const headers = useMemo(() => ({ [accountHeader]: accountId }), [accountId]);
  const upload = props.canUpload && (
    <ImagingUpload
      patientId={patient.id}
      consultId={consultId}
      onStored={() => void cache.invalidateQueries({ queryKey: queryKeyOf('imaging:list', { patientId: patient.id }) })}
    />
  );
  if (series.length === 0) {
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
      {kept.refusal && (
        <MessageBox tone="trouble" shape="triangle" live="assertive" testId="marks-refused">
          <p>
            {t('marks.notSaved')}
            {errorText(kept.refusal)}
          </p>
        </MessageBox>
      )}
      {copied !== null && <TeachingCopyDialog studyInstanceUid={copied} onClose={() => setCopied(null)} />}
      <div className="case-imaging">
        <Suspense fallback={<Loading />}>
          <ImagingViewer
            root="/dicom-web"
            series={series}
            state={given}
            onStateChange={tell}
            canLead={viewing.isLeading}
            following={viewing.following && given !== null}
            remotePointers={viewing.pointers}
            onPointerMove={viewing.point}
            requestHeaders={headers}
            patientLabel={patient.name}
            marks={kept.marks}
            exports={exports}
          />
        </Suspense>
      </div>
    </div>
  );
}
