import { useTranslation } from 'react-i18next';
import type { ConsultRow } from '../../../shared/contracts/consults.ts';
import { State, type ShapeName, type Tone } from '../../ui/shapes.tsx';

const looks: Record<ConsultRow['state'], { shape: ShapeName; tone: Tone }> = {
  waiting: { shape: 'bell', tone: 'alarm' },
  active: { shape: 'half', tone: 'good' },
  closed: { shape: 'square', tone: 'quiet' },
  withdrawn: { shape: 'cross', tone: 'quiet' },
};

export function ConsultState({ state }: { state: ConsultRow['state'] }) {
  const { t } = useTranslation();
  return <State {...looks[state]}>{t(`consult.state.${state}`)}</State>;
}
