import { useTranslation } from 'react-i18next';
import type { LeadOrder } from '../../../../shared/ecg/paper-geometry.ts';
import { polarityOf, shownName } from '../../../../shared/ecg/paper-geometry.ts';
import type { PlacedLead } from '../../../../shared/ecg/lead-selection.ts';
import { peakToPeakMillivolts } from './caliper-geometry.ts';
import type { Caliper } from './caliper-geometry.ts';
import { useCaliperText } from './use-caliper-text.ts';
import { DeleteIcon } from './viewer-icons.tsx';

interface CaliperListProps {
  calipers: readonly Caliper[];
  /** As recorded, never filtered: amplitudes are taken from these. */
  leads: ReadonlyMap<string, PlacedLead>;
  leadOrder: LeadOrder;
  selectedId: string | null;
  canEdit: boolean;
  onSelect: (id: string) => void;
  onDelete: (id: string) => void;
}

/** Every caliper in words: what a reader copies into the report, and what a screen reader can say. */
export function CaliperList(props: CaliperListProps) {
  const { calipers, leads, leadOrder, selectedId, canEdit, onSelect, onDelete } = props;
  const { t } = useTranslation();
  const inWords = useCaliperText();
  const textOf = (caliper: Caliper) => {
    const lead = leads.get(caliper.lead);
    const millivolts = lead ? peakToPeakMillivolts(lead, caliper) : null;
    const read = inWords(caliper, polarityOf(caliper.lead, leadOrder));
    return millivolts === null
      ? read
      : `${read} · ${t('ecg.viewer.caliper.peakToPeak', { millivolts: millivolts.toFixed(2) })}`;
  };
  if (calipers.length === 0) return null;
  return (
    <ul className="ecg-viewer__calipers" aria-label={t('ecg.viewer.caliper.list')}>
      {calipers.map((caliper) => (
        <li key={caliper.id} className={caliper.id === selectedId ? 'is-selected' : undefined}>
          <button
            type="button"
            className="ecg-viewer__caliper"
            aria-pressed={caliper.id === selectedId}
            onClick={() => onSelect(caliper.id)}
          >
            <b>{shownName(caliper.lead, leadOrder)}</b> {textOf(caliper)}
          </button>
          {canEdit && (
            <button
              type="button"
              className="ecg-viewer__remove"
              aria-label={t('ecg.viewer.caliper.deleteOne', {
                lead: shownName(caliper.lead, leadOrder),
                reading: textOf(caliper),
              })}
              title={t('ecg.viewer.caliper.delete')}
              onClick={() => onDelete(caliper.id)}
            >
              <DeleteIcon />
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
