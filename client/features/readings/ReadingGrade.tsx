import { useTranslation } from 'react-i18next';
import { nameOfGrade, type GradeName } from '../../../shared/rules/reading-queue.ts';
import { State, type ShapeName, type Tone } from '../../ui/shapes.tsx';

const looks: Record<GradeName, { shape: ShapeName; tone: Tone }> = {
  critical: { shape: 'diamond', tone: 'trouble' },
  urgent: { shape: 'up', tone: 'caution' },
  abnormal: { shape: 'level', tone: 'info' },
  unremarkable: { shape: 'down', tone: 'quiet' },
};

/** How soon it is wanted; orders the queue and says nothing about the patient that a doctor has confirmed. */
export function ReadingGrade({ grade }: { grade: number }) {
  const { t } = useTranslation();
  const name = nameOfGrade(grade);
  return <State {...looks[name]}>{t(`reading.grade.${name}`)}</State>;
}
