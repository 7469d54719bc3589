import { useTranslation } from 'react-i18next';
import { warningKind } from './warning-kind.ts';

/** What is odd about a file: said in the reader's language, with the decoder's own line behind it for whoever mends it. */
export function FileWarnings({ warnings }: { warnings: readonly string[] }) {
  const { t } = useTranslation();
  const groups = new Map<string, string[]>();
  for (const line of warnings) {
    const kind = warningKind(line);
    const words = kind === null ? line : t(`ecg.warning.${kind}`);
    groups.set(words, [...(groups.get(words) ?? []), ...(words === line ? [] : [line])]);
  }
  return (
    <ul className="ecg-file-warnings" data-testid="ecg-file-warnings">
      {[...groups].map(([words, lines]) => (
        <li key={words}>
          {words}
          {lines.length > 0 && (
            <details>
              <summary>{t('ecg.warningDetails', { count: lines.length })}</summary>
              {lines.map((line) => (
                <p key={line}>{line}</p>
              ))}
            </details>
          )}
        </li>
      ))}
    </ul>
  );
}
