import { useTranslation } from 'react-i18next';
import { Shape } from '../../ui/shapes.tsx';

/** The desk's number, to be dialled from a phone or read off the screen. */
export function TelephoneLink({ telephone }: { telephone: string | null }) {
  const { t } = useTranslation();
  if (telephone === null) return null;
  return (
    <a className="telephone" href={`tel:${telephone.replace(/[^\d+]/g, '')}`} data-testid="desk-telephone">
      <Shape name="phone" size={20} />
      <span className="no-wrap">{t('alarm.callDesk')}</span>
      <strong className="figure">{telephone}</strong>
    </a>
  );
}
