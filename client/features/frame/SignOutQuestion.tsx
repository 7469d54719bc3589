import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useWiring } from '../../connection/wiring.tsx';
import { MessageBox } from '../../ui/shapes.tsx';
import { formatBytes } from '../../ui/UploadList.tsx';
import { useAllUploads } from './use-all-uploads.ts';

/** Whoever signs out with files that the hub has not got decides what becomes of them. */
export function SignOutQuestion({ onStay, onLeave }: { onStay: () => void; onLeave: () => Promise<unknown> }) {
  const { t } = useTranslation();
  const { ecgUploads, imagingUploads } = useWiring();
  const [leaving, setLeaving] = useState(false);
  // The list is redrawn as files arrive.
  const all = useAllUploads();
  const unsent = [...ecgUploads.unsent, ...imagingUploads.unsent];
  const notKept = unsent.filter(({ keeping }) => keeping !== 'kept').length;
  const bytes = unsent.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const leave = async (removing: boolean) => {
    setLeaving(true);
    if (removing) await Promise.all([ecgUploads.removeAll(), imagingUploads.removeAll()]);
    await onLeave();
    setLeaving(false);
  };
  return (
    <Modal open width={560} footer={null} title={t('uploads.leave.title')} onCancel={onStay}>
      <div className="stack" data-testid="sign-out-question" data-uploads={all.length}>
        {unsent.length > 0 ? (
          <p>{t('uploads.leave.unsent', { count: unsent.length, size: formatBytes(bytes) })}</p>
        ) : (
          <p>{t('uploads.leave.allSent')}</p>
        )}
        {unsent.length > notKept && <p className="secondary">{t('uploads.leave.whatHappens')}</p>}
        {notKept > 0 && (
          <MessageBox tone="caution" shape="triangle">
            <p>{t('uploads.leave.notKept', { count: notKept })}</p>
          </MessageBox>
        )}
        <div className="stack">
          <Button type="primary" block onClick={onStay} data-testid="stay-signed-in">
            {t('uploads.leave.stay')}
          </Button>
          <Button block disabled={leaving} onClick={() => void leave(false)} data-testid="sign-out-and-keep">
            {t(unsent.length > 0 ? 'uploads.leave.keep' : 'frame.signOut')}
          </Button>
          {unsent.length > 0 && (
            <Button block disabled={leaving} onClick={() => void leave(true)} data-testid="sign-out-and-remove">
              {t('uploads.leave.remove')}
            </Button>
          )}
        </div>
      </div>
    </Modal>
  );
}
