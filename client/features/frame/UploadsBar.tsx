import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWiring } from '../../connection/wiring.tsx';
import { MessageBox, State } from '../../ui/shapes.tsx';
import { formatBytes, Progress, sentBytesOf, UploadList } from '../../ui/UploadList.tsx';
import { MismatchDialog } from '../patients/MismatchDialog.tsx';
import { useAllUploads } from './use-all-uploads.ts';
import './uploads-bar.css';

/** More would not be read, and costs time to draw at each step. */
const mostListed = 50;

/** Files that an earlier window has left and that go on by themselves; and those that this browser cannot keep. */
export function UploadsBar() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [askingId, setAskingId] = useState<string | null>(null);
  const { imagingUploads } = useWiring();
  const all = useAllUploads();
  const restored = all.filter(({ upload }) => upload.restored);
  const endangered = all.filter(
    ({ upload }) => upload.keeping === 'not-kept' && upload.state.phase !== 'done' && upload.state.phase !== 'refused',
  ).length;
  const inPhase = (...phases: string[]) => restored.filter(({ upload }) => phases.includes(upload.state.phase));
  const done = inPhase('done').length;
  const refused = inPhase('refused').length;
  const asking = inPhase('mismatch');
  const over = done + refused === restored.length;
  const bytes = restored.reduce((sum, { upload }) => sum + upload.byteLength, 0);
  const sent = restored.reduce((sum, { upload }) => sum + sentBytesOf(upload), 0);
  const waiting = inPhase('waiting-for-line').length > 0;
  const asked = asking.find(({ upload }) => upload.id === askingId);
  const listed = restored.filter(({ upload }) => upload.state.phase !== 'done').slice(0, mostListed);
  const queues = [...new Set(listed.map(({ queue }) => queue))];
  const close = () => restored.forEach(({ upload, queue }) => queue.remove(upload.id));
  /** A study whose patient is another one is taken back whole; each ECG stands for itself. */
  const takeBack = ({ upload: { id, batchId }, queue }: (typeof all)[number]) =>
    restored
      .filter(({ upload }) => upload.id === id || (queue === imagingUploads && upload.batchId === batchId))
      .filter(({ upload }) => upload.state.phase !== 'done')
      .forEach(({ upload }) => queue.remove(upload.id));
  return (
    <>
      {endangered > 0 && (
        <div className="uploads-bar">
          <MessageBox tone="caution" shape="triangle" live="polite" testId="uploads-not-kept">
            {t('uploads.notKept', { count: endangered })}
          </MessageBox>
        </div>
      )}
      {restored.length > 0 && (
        <section
          className="uploads-bar stack"
          aria-label={t('uploads.label')}
          data-testid="uploads-bar"
          data-done={done}
          data-total={restored.length}
          data-over={over}
        >
          <div className="row">
            {over ? (
              <State tone={refused > 0 ? 'trouble' : 'good'} shape={refused > 0 ? 'triangle' : 'check'}>
                {refused > 0 ? t('uploads.someRefused', { count: refused }) : t('uploads.over', { count: done })}
              </State>
            ) : (
              <State tone={waiting ? 'caution' : 'quiet'} shape={waiting ? 'ring' : 'half'}>
                {t(waiting ? 'uploads.waiting' : 'uploads.goingOn')}
              </State>
            )}
            {!over && (
              <span className="figure">
                {t('uploads.count', { done, total: restored.length })} · {formatBytes(sent)} / {formatBytes(bytes)}
              </span>
            )}
            <span className="row push">
              {asking.length > 0 && (
                <Button size="small" type="primary" onClick={() => setAskingId(asking[0]!.upload.id)}>
                  {t('uploads.decide')}
                </Button>
              )}
              {listed.length > 0 && (
                <Button size="small" aria-expanded={open} data-testid="uploads-each" onClick={() => setOpen(!open)}>
                  {t(open ? 'uploads.fold' : 'uploads.each')}
                </Button>
              )}
              {over && (
                <Button size="small" data-testid="uploads-close" onClick={close}>
                  {t('action.close')}
                </Button>
              )}
            </span>
          </div>
          {!over && <Progress fraction={bytes === 0 ? 0 : sent / bytes} label={t('uploads.goingOn')} />}
          {open &&
            queues.map((queue, at) => (
              <UploadList
                key={at}
                queue={queue}
                uploads={listed.filter((one) => one.queue === queue).map(({ upload }) => upload)}
              />
            ))}
        </section>
      )}
      {asked?.upload.state.phase === 'mismatch' && (
        <MismatchDialog
          fileName={asked.upload.fileName}
          mismatch={asked.upload.state.mismatch}
          alsoWaiting={
            restored.filter(({ upload }) => upload.batchId === asked.upload.batchId && upload.state.phase === 'queued')
              .length
          }
          onConfirm={() => asked.queue.confirmMismatch(asked.upload.id)}
          onRefuse={() => takeBack(asked)}
        />
      )}
    </>
  );
}
