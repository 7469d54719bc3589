import { Suspense, useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patientHeader, type StudyView } from '../../../shared/contracts/imaging.ts';
import type { ImagingViewState, ViewPointer, ViewState } from '../../../shared/contracts/viewing.ts';
import { holdsDocuments } from '../../../shared/dicom/documents.ts';
import type { Role } from '../../../shared/rules/roles.ts';
import { accountHeader } from '../../connection/http.ts';
import { lazyScreen } from '../../connection/load-code.ts';
import { useSession } from '../../connection/wiring.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { useKeptMarks } from './marks/use-kept-marks.ts';
import { useMarkExports } from './marks/use-mark-exports.ts';
import { TeachingCopyDialog } from './teaching/TeachingCopyDialog.tsx';
import type { RemotePointer } from './viewer/MeasurementLayer.tsx';
import type { ViewerSeries } from './viewer/series-frames.ts';
import { againWithKept, withoutKept } from './viewer/use-marks-in-view.ts';
import './study-images.css';

/** Who takes de-identified copies out; the hub decides. */
const copiers: readonly Role[] = ['imaging-reporter', 'imaging-reviewer', 'specialist'];

const ImagingViewer = lazyScreen(() => import('./viewer/ImagingViewer.tsx'));

/** What is looked at together; without it this window looks on its own. */
export interface ImagesTogether {
  shown: ViewState | null;
  isLeading: boolean;
  following: boolean;
  pointers: (Omit<RemotePointer, 'pointer'> & { pointer: ViewPointer })[];
  show(state: ViewState): void;
  point(pointer: ViewPointer): void;
}

const alone: ImagesTogether = {
  ...{ shown: null, isLeading: false, following: false, pointers: [] },
  show: () => undefined,
  point: () => undefined,
};

/** The series that hold images, as the viewer takes them. */
export const imageSeries = (studies: readonly StudyView[]): ViewerSeries[] =>
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
  );

/** The study that is read before the others. */
const withFirst = (studies: readonly StudyView[], uid: string | undefined): readonly StudyView[] => [
  ...studies.filter(({ studyInstanceUid }) => studyInstanceUid === uid),
  ...studies.filter(({ studyInstanceUid }) => studyInstanceUid !== uid),
];

/** A patient's images in the viewer, with what was measured and marked in them by anybody. */
export function StudyImages({
  studies,
  patient,
  readFirst,
  together = alone,
}: {
  studies: readonly StudyView[];
  patient: { id: string; name: string };
  /** The study that is read; otherwise the newest. */
  readFirst?: string;
  together?: ImagesTogether;
}) {
  const { t } = useTranslation();
  const { accountId, roles } = useSession();
  const errorText = useErrorText();
  const kept = useKeptMarks(patient.id);
  const [copied, setCopied] = useState<string | null>(null);
  const exports = {
    ...useMarkExports(kept.standing),
    ...(copiers.some((role) => roles.includes(role)) && { exportTeaching: setCopied }),
  };
  const series = useMemo(() => imageSeries(withFirst(studies, readFirst)), [studies, readFirst]);
  const { show, shown } = together;
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
  const headers = useMemo(() => ({ [accountHeader]: accountId, [patientHeader]: patient.id }), [accountId, patient.id]);
  return (
    <>
      {kept.refusal && (
        <MessageBox tone="trouble" shape="triangle" live="assertive" testId="marks-refused">
          <p>
            {t('marks.notSaved')}
            {errorText(kept.refusal)}
          </p>
        </MessageBox>
      )}
      {copied !== null && <TeachingCopyDialog studyInstanceUid={copied} onClose={() => setCopied(null)} />}
      <div className="study-images">
        <Suspense fallback={<Loading />}>
          <ImagingViewer
            root="/dicom-web"
            series={series}
            {...(readFirst !== undefined && { readFirst })}
            state={given}
            onStateChange={tell}
            canLead={together.isLeading}
            following={together.following && given !== null}
            remotePointers={together.pointers}
            onPointerMove={together.point}
            requestHeaders={headers}
            patientLabel={patient.name}
            marks={kept.marks}
            exports={exports}
          />
        </Suspense>
      </div>
    </>
  );
}
