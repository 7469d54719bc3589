import { useTranslation } from 'react-i18next';
import type { Caliper } from './caliper-geometry.ts';
import { useCaliperText } from './use-caliper-text.ts';
import { DeleteIcon } from './viewer-icons.tsx';

interface CaliperListProps {
  calipers: readonly Caliper[];
  selectedId: string | null;
  canEdit: boolean;
  onSelect: (id: string) => void;
  onDelete: (id: string) => void;
}

/** Every caliper in words: what a reader copies into the report, and what a screen reader can say. */
export function CaliperList({ calipers, selectedId, canEdit, onSelect, onDelete }: CaliperListProps) {
  const { t } = useTranslation();
  const textOf = useCaliperText();
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
            <b>{caliper.lead}</b> {textOf(caliper)}
          </button>
          {canEdit && (
            <button
              type="button"
              className="ecg-viewer__remove"
              aria-label={t('ecg.viewer.caliper.deleteOne', { lead: caliper.lead, reading: textOf(caliper) })}
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
