import { Button } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { PaperRefusalCode } from '../../../shared/contracts/errors.ts';
import { BlobImage } from '../../ui/BlobImage.tsx';

interface RetakePhotoProps {
  code: PaperRefusalCode;
  file: File | undefined;
  onTaken: (file: File) => void;
  onGiveUp: () => void;
}

/** A photograph whose grid was not found, what to do better, and the camera again. */
export function RetakePhoto({ code, file, onTaken, onGiveUp }: RetakePhotoProps) {
  const { t } = useTranslation();
  const camera = useRef<HTMLInputElement>(null);
  return (
    <div className="panel retake-photo" role="alert" data-testid="retake-photo" data-code={code}>
      {file?.type.startsWith('image/') && <BlobImage blob={file} alt={file.name} />}
      <div className="stack">
        <strong>{t('ecg.image.notRead')}</strong>
        <span>{t(`errors.${code}`)}</span>
        <div className="row">
          <Button type="primary" size="large" onClick={() => camera.current?.click()}>
            {t('ecg.image.retake')}
          </Button>
          <Button size="large" onClick={onGiveUp}>
            {t('action.close')}
          </Button>
        </div>
      </div>
      <input
        ref={camera}
        type="file"
        hidden
        accept="image/*"
        capture="environment"
        data-testid="retake-camera"
        onChange={(event) => {
          const taken = event.target.files?.[0];
          event.target.value = '';
          if (taken) onTaken(taken);
        }}
      />
    </div>
  );
}
