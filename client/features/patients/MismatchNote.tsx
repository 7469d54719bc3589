import { useTranslation } from 'react-i18next';
import type { PatientMismatch } from '../../../shared/contracts/patients.ts';
import { MessageBox } from '../../ui/shapes.tsx';
import { formatMoment, useServerNow } from '../../ui/time.ts';
import { MismatchTable } from './MismatchTable.tsx';

/** For the reader: this file named somebody else, and who said that it belongs here all the same. */
export function MismatchNote({ mismatch }: { mismatch: PatientMismatch }) {
  const { t } = useTranslation();
  const now = useServerNow();
  return (
    <MessageBox tone="caution" shape="triangle" testId="mismatch-note">
      <details>
        <summary>
          {t('mismatch.note')}
          {mismatch.confirmedBy !== null &&
            mismatch.confirmedAt !== null &&
            ` ${t('mismatch.confirmedBy', { name: mismatch.confirmedBy, time: formatMoment(mismatch.confirmedAt, now) })}`}
        </summary>
        <MismatchTable mismatch={mismatch} />
      </details>
    </MessageBox>
  );
}
