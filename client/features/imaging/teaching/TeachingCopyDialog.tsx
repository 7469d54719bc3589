import { Button, Checkbox, Modal } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RequestReply } from '../../../../shared/contracts/registry.ts';
import type { Refusal } from '../../../connection/refusal.ts';
import { useRequest, useWiring } from '../../../connection/wiring.tsx';
import { LoadFailed } from '../../../ui/LoadFailed.tsx';
import { Loading } from '../../../ui/Loading.tsx';
import { saveFile } from '../../../ui/save-file.ts';
import { MessageBox } from '../../../ui/shapes.tsx';
import { Progress } from '../../../ui/UploadList.tsx';
import { useErrorText } from '../../../ui/use-error-text.ts';
import { receiveFile } from './receive-file.ts';
import './teaching-copy.css';

type Preview = RequestReply<'teaching-copy:preview'>;
type Held = Preview['held'][number];

/** What leaves with a de-identified copy and what does not; images that may carry text only after somebody has looked. */
export function TeachingCopyDialog({ studyInstanceUid, onClose }: { studyInstanceUid: string; onClose: () => void }) {
  const { t } = useTranslation();
  const preview = useRequest('teaching-copy:preview', { studyInstanceUid });
  return (
    <Modal open width={640} footer={null} title={t('teaching.title')} onCancel={onClose} data-testid="teaching-copy">
      {preview.data ? (
        <Choice preview={preview.data} studyInstanceUid={studyInstanceUid} onClose={onClose} />
      ) : preview.error ? (
        <LoadFailed error={preview.error} onRetry={() => void preview.refetch()} />
      ) : (
        <Loading />
      )}
    </Modal>
  );
}

function Choice(props: { preview: Preview; studyInstanceUid: string; onClose: () => void }) {
  const { preview, studyInstanceUid, onClose } = props;
  const { t } = useTranslation();
  const { http } = useWiring();
  const errorText = useErrorText();
  const [looked, setLooked] = useState<ReadonlySet<string>>(new Set());
  const [fraction, setFraction] = useState<number | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [done, setDone] = useState(false);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);
  const going = preview.held.filter(({ seriesInstanceUid }) => looked.has(seriesInstanceUid));
  const sum = (of: 'images' | 'bytes') => going.reduce((total, one) => total + one[of], preview[of]);
  const left = preview.left.document + preview.left.video;

  const take = async (): Promise<void> => {
    const controller = new AbortController();
    stop.current = controller;
    setRefusal(null);
    setDone(false);
    setFraction(0);
    const query = [...looked].map((uid) => `looked=${encodeURIComponent(uid)}`).join('&');
    try {
      const answer = await http.fetch(`/api/studies/${studyInstanceUid}/teaching-copy?${query}`, {
        headers: { Accept: 'application/zip' },
        signal: controller.signal,
      });
      const file = await receiveFile(answer, sum('bytes'), setFraction);
      saveFile(file.content, file.name);
      setDone(true);
    } catch (thrown) {
      if (!controller.signal.aborted) setRefusal(thrown as Refusal);
    } finally {
      setFraction(null);
    }
  };

  return (
    <div className="stack teaching-copy">
      <p>{t('teaching.removed')}</p>
      <p>{t('teaching.kept')}</p>
      {preview.held.length > 0 && (
        <fieldset>
          <legend>{t('teaching.heldTitle')}</legend>
          <ul>
            {preview.held.map((one) => (
              <li key={`${one.seriesInstanceUid} ${one.reason}`}>
                <HeldSeries
                  held={one}
                  checked={looked.has(one.seriesInstanceUid)}
                  disabled={fraction !== null}
                  onChange={(checked) =>
                    setLooked((before) => {
                      const after = new Set(before);
                      if (checked) after.add(one.seriesInstanceUid);
                      else after.delete(one.seriesInstanceUid);
                      return after;
                    })
                  }
                />
              </li>
            ))}
          </ul>
        </fieldset>
      )}
      {left > 0 && <p className="secondary">{t('teaching.left', { count: left })}</p>}
      <MessageBox tone="caution" shape="triangle">
        <p>{t('teaching.warning')}</p>
      </MessageBox>
      {refusal && (
        <MessageBox tone="trouble" shape="triangle" live="assertive">
          <p>{errorText(refusal)}</p>
        </MessageBox>
      )}
      {done && (
        <MessageBox tone="good" shape="check" live="polite" testId="teaching-copy-done">
          <p>{t('teaching.done')}</p>
        </MessageBox>
      )}
      {fraction !== null && <Progress fraction={fraction} label={t('teaching.making')} />}
      <div className="row">
        <Button
          className="push"
          onClick={() => (fraction === null ? onClose() : stop.current?.abort())}
          data-testid="teaching-copy-close"
        >
          {t(fraction === null ? 'action.close' : 'action.cancel')}
        </Button>
        <Button
          type="primary"
          data-testid="take-teaching-copy"
          disabled={fraction !== null || sum('images') === 0}
          onClick={() => void take()}
        >
          {fraction === null ? t('teaching.take', { count: sum('images') }) : t('teaching.making')}
        </Button>
      </div>
    </div>
  );
}

function HeldSeries(props: { held: Held; checked: boolean; disabled: boolean; onChange: (checked: boolean) => void }) {
  const { held, checked, disabled, onChange } = props;
  const { t } = useTranslation();
  return (
    <Checkbox
      checked={checked}
      disabled={disabled}
      onChange={({ target }) => onChange(target.checked)}
      data-testid={`looked-${held.seriesInstanceUid}`}
    >
      <strong>{[held.modality, held.description].filter(Boolean).join(' ')}</strong>
      {` ${t('teaching.images', { count: held.images })}${t('list.comma')}${t(`teaching.reason.${held.reason}`)}`}
      <br />
      {t('teaching.looked')}
    </Checkbox>
  );
}
