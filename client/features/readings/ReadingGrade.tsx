import { useTranslation } from 'react-i18next';
import { nameOfGrade, type GradeName } from '../../../shared/rules/reading-queue.ts';
import type { ReportKind } from '../../../shared/rules/signing.ts';
import { State, type ShapeName, type Tone } from '../../ui/shapes.tsx';

const looks: Record<GradeName, { shape: ShapeName; tone: Tone }> = {
  critical: { shape: 'diamond', tone: 'trouble' },
  urgent: { shape: 'up', tone: 'caution' },
  abnormal: { shape: 'level', tone: 'info' },
  unremarkable: { shape: 'down', tone: 'quiet' },
};

/**
 * How soon it is wanted; orders the queue and says nothing about the patient that a doctor has confirmed. Nothing
 * pre-reads images: what is neither critical nor urgent of them is routine.
 */
export function ReadingGrade({ grade, kind = 'ecg' }: { grade: number; kind?: ReportKind }) {
  const { t } = useTranslation();
  const name = nameOfGrade(grade);
  return <State {...looks[name]}>{t(`reading.grade.${wordOfGrade(name, kind)}`)}</State>;
}

export const wordOfGrade = (name: GradeName, kind: ReportKind): GradeName | 'routine' =>
  kind === 'imaging' && name === 'abnormal' ? 'routine' : name;
