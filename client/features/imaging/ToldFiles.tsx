import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { MessageBox } from '../../ui/shapes.tsx';

/** A message about files that were chosen, with their names below it for who wants to see them. */
export function ToldFiles(props: {
  text: string;
  tone: 'caution' | 'trouble';
  testId: string;
  onClose: () => void;
  /** List items. */
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <MessageBox tone={props.tone} shape="triangle" live="polite" testId={props.testId}>
      <div className="told-files">
        <div className="told-files-head">
          <span>{props.text}</span>
          <Button size="small" onClick={props.onClose}>
            {t('action.close')}
          </Button>
        </div>
        {props.children && (
          <details>
            <summary>{t('media.each')}</summary>
            <ul className="not-dicom-list">{props.children}</ul>
          </details>
        )}
      </div>
    </MessageBox>
  );
}
