import { useTranslation } from 'react-i18next';

export function Loading({ text }: { text?: string }) {
  const { t } = useTranslation();
  return (
    <div className="full-page" role="status">
      <div className="spinner" />
      <p>{text ?? t('loading')}</p>
    </div>
  );
}
