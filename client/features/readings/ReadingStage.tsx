import { useTranslation } from 'react-i18next';
import type { ReadingView } from '../../../shared/contracts/readings.ts';
import { runningClaim, waitsForReporter } from '../../../shared/rules/reading-queue.ts';
import { State, type ShapeName, type Tone } from '../../ui/shapes.tsx';
import { useServerNow } from '../../ui/time.ts';

const looks: Record<ReadingView['stage'], { shape: ShapeName; tone: Tone }> = {
  unread: { shape: 'dot', tone: 'quiet' },
  'awaiting-review': { shape: 'half', tone: 'info' },
  returned: { shape: 'triangle', tone: 'caution' },
  'critical-value-open': { shape: 'bell', tone: 'alarm' },
  read: { shape: 'check', tone: 'good' },
  withdrawn: { shape: 'cross', tone: 'quiet' },
};

/** Where a reading stands, and who has it. */
export function ReadingStage({ reading }: { reading: ReadingView }) {
  const { t } = useTranslation();
  const now = useServerNow();
  const claim = waitsForReporter(reading) ? runningClaim(reading.claim, now) : null;
  if (claim !== null) {
    return (
      <State shape="ring" tone="info">
        {t('reading.readBy', { name: claim.name })}
      </State>
    );
  }
  return <State {...looks[reading.stage]}>{t(`reading.stage.${reading.stage}`)}</State>;
}
