import { useEffect, useEffectEvent, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { paperRefusalCodes, type PaperRefusalCode } from '../../../shared/contracts/errors.ts';
import type { Upload } from '../../connection/upload.ts';
import { useWiring } from '../../connection/wiring.tsx';
import { DropZone } from '../../ui/DropZone.tsx';
import { UploadList } from '../../ui/UploadList.tsx';
import { bundleRecords } from './bundle-record.ts';
import { RetakePhoto } from './RetakePhoto.tsx';
import { MismatchDialog } from '../patients/MismatchDialog.tsx';

/** Why the hub could not read a picture of paper; null for all other uploads. */
function refusedPaper({ state }: Upload): PaperRefusalCode | null {
  if (state.phase !== 'refused') return null;
  return paperRefusalCodes.find((code) => code === state.code) ?? null;
}

export interface EcgUploadProps {
  patientId: string;
  consultId?: string;
  /** The one primary action of its screen. */
  primary?: boolean;
  /** Called once for each ECG that the hub has taken in from this place. */
  onUploaded?: (ecgId: string) => void;
}

/** Takes ECG files by drop or picker; the format is recognised by content. Goes on when the doctor leaves the screen. */
export function EcgUpload({ patientId, consultId, primary, onUploaded }: EcgUploadProps) {
  const { t } = useTranslation();
  const { ecgUploads } = useWiring();
  const all = useSyncExternalStore(ecgUploads.uploads.subscribe, ecgUploads.uploads.get);
  const uploads = all.filter(({ target }) => target.patientId === patientId);
  const asking = uploads.find(({ state }) => state.phase === 'mismatch');
  const doneIds = uploads.flatMap(({ id, state }) => (state.phase === 'done' ? [id] : [])).join(' ');
  const known = useRef<ReadonlySet<string>>(new Set(doneIds.split(' ')));

  const tell = useEffectEvent(() => {
    for (const { id, state } of uploads) {
      if (state.phase !== 'done' || known.current.has(id)) continue;
      known.current = new Set([...known.current, id]);
      const { id: ecgId } = state.answer as { id: string };
      onUploaded?.(ecgId);
    }
  });
  useEffect(() => tell(), [doneIds]);

  return (
    <div className="stack">
      <DropZone
        testId="ecg-upload"
        label={t('ecg.upload.drop')}
        hint={t('ecg.upload.formats')}
        pickText={t('ecg.upload.pick')}
        cameraText={t('ecg.upload.camera')}
        primary={primary ?? false}
        multiple
        onFiles={(files) => {
          // The trace must stand there the moment the file is acknowledged.
          void import('./viewer/EcgViewer.tsx').catch(() => undefined);
          const target = { patientId, ...(consultId === undefined ? {} : { consultId }) };
          void bundleRecords(files).then((bundled) => ecgUploads.add(bundled, target));
        }}
      />
      <UploadList uploads={uploads.filter((upload) => refusedPaper(upload) === null)} queue={ecgUploads} />
      {uploads.map((upload) => {
        const code = refusedPaper(upload);
        return (
          code !== null && (
            <RetakePhoto
              key={upload.id}
              code={code}
              file={ecgUploads.fileOf(upload.id)}
              onTaken={(file) => {
                ecgUploads.remove(upload.id);
                ecgUploads.add([file], upload.target);
              }}
              onGiveUp={() => ecgUploads.remove(upload.id)}
            />
          )
        );
      })}
      {asking?.state.phase === 'mismatch' && (
        <MismatchDialog
          fileName={asking.fileName}
          mismatch={asking.state.mismatch}
          alsoWaiting={0}
          onConfirm={() => ecgUploads.confirmMismatch(asking.id)}
          onRefuse={() => ecgUploads.remove(asking.id)}
        />
      )}
    </div>
  );
}
