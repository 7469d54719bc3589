import { useEffect, useEffectEvent, useRef, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useWiring } from '../../connection/wiring.tsx';
import { DropZone } from '../../ui/DropZone.tsx';
import { UploadList } from '../../ui/UploadList.tsx';
import { MismatchDialog } from '../patients/MismatchDialog.tsx';

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
        primary={primary ?? false}
        multiple
        onFiles={(files) => {
          // The trace must stand there the moment the file is acknowledged.
          void import('./viewer/EcgViewer.tsx').catch(() => undefined);
          ecgUploads.add(files, { patientId, ...(consultId === undefined ? {} : { consultId }) });
        }}
      />
      <UploadList uploads={uploads} queue={ecgUploads} />
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
