import { Button } from 'antd';
import { useEffect, useEffectEvent, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { Upload } from '../../connection/upload.ts';
import { useWiring } from '../../connection/wiring.tsx';
import { DropZone } from '../../ui/DropZone.tsx';
import { MessageBox, State } from '../../ui/shapes.tsx';
import { Progress, UploadList } from '../../ui/UploadList.tsx';
import { MismatchDialog } from '../patients/MismatchDialog.tsx';
import { MissingFiles } from './MissingFiles.tsx';
import { NotDicomList } from './NotDicomList.tsx';
import { useOpenMedia } from './media/use-open-media.ts';

/** More would not be read, and costs time to draw at each step. */
const mostListed = 50;

export interface ImagingUploadProps {
  patientId: string;
  consultId?: string;
  /** Called whenever further instances of this place have been stored, and at the end. */
  onStored?: () => void;
}

/** Takes DICOM files or whole folders. A study has hundreds of files, so that they are shown as one figure. */
export function ImagingUpload({ patientId, consultId, onStored }: ImagingUploadProps) {
  const { t } = useTranslation();
  const { imagingUploads } = useWiring();
  const all = useSyncExternalStore(imagingUploads.uploads.subscribe, imagingUploads.uploads.get);
  const uploads = all.filter(({ target }) => target.patientId === patientId);
  const asking = uploads.find(({ state }) => state.phase === 'mismatch');
  const storedCount = uploads.filter(({ state }) => state.phase === 'done').length;
  const known = useRef(storedCount);
  const media = useOpenMedia(patientId, (files) =>
    imagingUploads.add(files, { patientId, ...(consultId === undefined ? {} : { consultId }) }),
  );

  const tell = useEffectEvent(() => {
    if (storedCount > known.current) onStored?.();
    known.current = storedCount;
  });
  useEffect(() => tell(), [storedCount]);

  return (
    <div className="stack">
      <DropZone
        testId="dicom-upload"
        label={t('imaging.upload.drop')}
        hint={t('imaging.upload.formats')}
        pickText={t('imaging.upload.pick')}
        pickFolderText={t('imaging.upload.pickFolder')}
        multiple
        onFiles={media.open}
      />
      {media.opening !== null && (
        <div className="stack" data-testid="dicom-opening">
          <div className="row">
            <State tone="quiet" shape="half">
              {t('media.opening')}
            </State>
            <Button className="push" size="small" onClick={media.cancel}>
              {t('action.cancel')}
            </Button>
          </div>
          <Progress fraction={media.opening} label={t('media.opening')} />
        </div>
      )}
      <MissingFiles files={media.missing} onClose={media.closeMissing} />
      <NotDicomList files={media.notDicom} noneTaken={media.noneTaken} onClose={media.close} />
      {uploads.length > 0 && (
        <Summary uploads={uploads} onClear={() => uploads.forEach(({ id }) => imagingUploads.remove(id))} />
      )}
      <UploadList uploads={uploads.filter(isRealRefusal)} queue={imagingUploads} />
      {asking?.state.phase === 'mismatch' && (
        <MismatchDialog
          fileName={asking.fileName}
          mismatch={asking.state.mismatch}
          alsoWaiting={
            uploads.filter(({ batchId, state }) => batchId === asking.batchId && state.phase === 'queued').length
          }
          onConfirm={() => imagingUploads.confirmMismatch(asking.id)}
          onRefuse={() =>
            uploads
              .filter(({ batchId, state }) => batchId === asking.batchId && state.phase !== 'done')
              .forEach(({ id }) => imagingUploads.remove(id))
          }
        />
      )}
    </div>
  );
}

/** A CD holds a viewer program, a DICOMDIR and readme files beside the images: they are passed over, and counted. */
function isPassedOver({ state }: Upload): boolean {
  return state.phase === 'refused' && (state.code === 'not-dicom' || state.code === 'file-empty');
}

function isRealRefusal(upload: Upload): boolean {
  return upload.state.phase === 'refused' && !isPassedOver(upload);
}

function Summary({ uploads, onClear }: { uploads: readonly Upload[]; onClear: () => void }) {
  const { t } = useTranslation();
  const { imagingUploads } = useWiring();
  const [open, setOpen] = useState(false);
  const listed = uploads
    .filter(({ state }) => state.phase !== 'done' && state.phase !== 'refused')
    .slice(0, mostListed);
  const passedOver = uploads.filter(isPassedOver).length;
  const refused = uploads.filter(isRealRefusal).length;
  const done = uploads.filter(({ state }) => state.phase === 'done').length;
  const total = uploads.length - passedOver;
  const sent = uploads.reduce((sum, { state }) => {
    if (state.phase === 'done') return sum + 1;
    return state.phase === 'sending' ? sum + state.fraction * 0.99 : sum;
  }, 0);
  const waiting = uploads.some(({ state }) => state.phase === 'waiting-for-line');
  const over = done + refused === total;
  if (over && done === 0 && refused === 0) {
    return (
      <MessageBox tone="trouble" shape="triangle" live="polite" testId="dicom-upload-none">
        <div className="row">
          <span>{t('imaging.upload.noneDicom', { count: passedOver })}</span>
          <Button onClick={onClear}>{t('action.close')}</Button>
        </div>
      </MessageBox>
    );
  }
  return (
    <div className="stack" data-testid="dicom-upload-summary" data-done={done} data-total={total}>
      <div className="row">
        {over ? (
          <State tone={refused > 0 ? 'trouble' : 'good'} shape={refused > 0 ? 'triangle' : 'check'}>
            {t(refused > 0 ? 'imaging.upload.overWithRefused' : 'imaging.upload.over')}
          </State>
        ) : (
          <State tone={waiting ? 'caution' : 'quiet'} shape={waiting ? 'ring' : 'half'}>
            {t(waiting ? 'upload.waitingForLine' : 'imaging.upload.sending')}
          </State>
        )}
        <span className="figure">{t('imaging.upload.count', { done, total })}</span>
        {passedOver > 0 && <span className="secondary">{t('imaging.upload.passedOver', { count: passedOver })}</span>}
        <Button className="push" size="small" onClick={onClear}>
          {t(over ? 'action.close' : 'action.cancel')}
        </Button>
      </div>
      {!over && <Progress fraction={total === 0 ? 0 : sent / total} label={t('imaging.upload.sending')} />}
      {listed.length > 0 && (
        <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{t('media.each')}</summary>
          {open && <UploadList uploads={listed} queue={imagingUploads} />}
        </details>
      )}
    </div>
  );
}
