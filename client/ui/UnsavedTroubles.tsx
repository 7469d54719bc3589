import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { MessageBox } from './shapes.tsx';

/**
 * What stands between a person and saving: a colleague's newer version, which is theirs to load, and the hub's refusal.
 * `testId` is the beginning of both boxes' own.
 */
export function UnsavedTroubles({
  replaced,
  refusal,
  testId,
  onLoad,
}: {
  replaced: boolean;
  refusal: string | null;
  testId: string;
  onLoad: () => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      {replaced && (
        <MessageBox tone="caution" shape="triangle" live="assertive" testId={`${testId}-conflict`}>
          <div className="row">
            <span>{t('unsaved.conflict')}</span>
            <Button onClick={onLoad}>{t('unsaved.load')}</Button>
          </div>
        </MessageBox>
      )}
      {refusal !== null && (
        <MessageBox tone="trouble" shape="triangle" live="assertive" testId={`${testId}-refused`}>
          <span>{refusal}</span>
        </MessageBox>
      )}
    </>
  );
}
