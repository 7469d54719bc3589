import { useTranslation } from 'react-i18next';
import { Shape } from '../../ui/shapes.tsx';
import { formatElapsed, useServerNow } from '../../ui/time.ts';

/** How long until the report should be signed, counting down, and then how long it is late. */
export function TimeLeft({ dueAt }: { dueAt: string }) {
  const { t } = useTranslation();
  const leftMs = Date.parse(dueAt) - useServerNow();
  const late = leftMs <= 0;
  return (
    <span className="time-left figure" data-late={late}>
      {late && <Shape name="triangle" size={14} />}
      {t(late ? 'reading.late' : 'reading.left', { time: formatElapsed(Math.abs(leftMs)) })}
    </span>
  );
}
