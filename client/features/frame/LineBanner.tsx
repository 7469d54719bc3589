import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLineStatus } from '../../connection/wiring.tsx';
import { Shape } from '../../ui/shapes.tsx';

/** The first connect takes a moment on a weak line; only a longer one is worth a word. */
const connectingQuietlyMs = 3000;

/** The line is away: nothing blocks, nothing that was acknowledged is lost. */
export function LineBanner() {
  const { t } = useTranslation();
  const { line, unansweredCommands } = useLineStatus();
  const [patienceOver, setPatienceOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setPatienceOver(true), connectingQuietlyMs);
    return () => clearTimeout(timer);
  }, []);
  if (line !== 'interrupted' && !(line === 'connecting' && patienceOver)) return null;
  return (
    <div className="line-banner" role="status" data-testid="connection-banner">
      <Shape name="ring" size={14} />
      <span>
        {t('line.banner')}
        {unansweredCommands > 0 && ` ${t('line.unanswered', { count: unansweredCommands })}`}
      </span>
    </div>
  );
}
