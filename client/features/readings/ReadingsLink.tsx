import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { useRequest, useSession } from '../../connection/wiring.tsx';
import { kindsReadBy, titleOfKinds } from './queue-view.ts';
import './readings-link.css';

/** The way to the queue, with how many are open. For those who read ECGs or images. */
export function ReadingsLink() {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  const kinds = kindsReadBy(useSession());
  const open = useRequest('reading:list', { state: 'open' }).data?.counts.open;
  return (
    <Link
      to="/readings"
      className="readings-link"
      data-testid="go-readings"
      aria-current={pathname.startsWith('/readings') ? 'page' : undefined}
    >
      {t(titleOfKinds(kinds))}
      {open !== undefined && (
        <span className="readings-link-count figure" data-testid="readings-count">
          {open}
        </span>
      )}
    </Link>
  );
}
