import { useTranslation } from 'react-i18next';
import type { PlacedLead } from '../../../../shared/ecg/lead-selection.ts';
import type { Paper } from '../../../../shared/ecg/paper-geometry.ts';

interface LeadNamesProps {
  paper: Paper;
  leads: ReadonlyMap<string, PlacedLead>;
  pixelsPerMm: number;
  onLead: (lead: string) => void;
}

/** The names drawn on the paper as buttons: a click shows the lead alone. By keyboard the keys 5 , . do the same. */
export function LeadNames({ paper, leads, pixelsPerMm, onLead }: LeadNamesProps) {
  const { t } = useTranslation();
  return paper.slots
    .filter((slot) => leads.has(slot.lead))
    .map((slot) => (
      <rect
        key={slot.key}
        className="ecg-viewer__name"
        data-lead-name={slot.lead}
        x={slot.leftMm * pixelsPerMm}
        y={slot.topMm * pixelsPerMm}
        width={Math.max(30, 9 * pixelsPerMm)}
        height={Math.max(22, 6 * pixelsPerMm)}
        role="button"
        aria-label={t('ecg.viewer.showSingle', { lead: slot.name })}
        onPointerDown={(event) => event.stopPropagation()}
        onClick={() => onLead(slot.lead)}
      >
        <title>{t('ecg.viewer.showSingle', { lead: slot.name })}</title>
      </rect>
    ));
}
