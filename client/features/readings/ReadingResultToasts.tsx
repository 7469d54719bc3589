import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { hasFinalReport } from '../../../shared/rules/reading-queue.ts';
import { useNotice, useSession } from '../../connection/wiring.tsx';
import { useToasts } from '../../ui/toasts.tsx';

/** Tells a clinic, wherever it is, that an ECG or a study it sent has been read. */
export function ReadingResultToasts() {
  const { t } = useTranslation();
  const session = useSession();
  const toasts = useToasts();
  const told = useRef(new Set<string>());
  useNotice('reading:changed', (reading) => {
    if (!hasFinalReport(reading) || reading.fromOrganisationId !== session.organisation.id) return;
    if (told.current.has(reading.id)) return;
    told.current.add(reading.id);
    toasts.done(t('reading.readToast', { name: reading.patientName, title: t(`reading.title.${reading.kind}`) }));
  });
  return null;
}
