import { useTranslation } from 'react-i18next';
import { switchLanguage } from '../locales/languages.ts';

/** Chinese and English side by side; the choice stays in this browser. */
export function LanguageSwitch({ onSwitch }: { onSwitch?: (language: 'zh-CN' | 'en') => void }) {
  const { i18n, t } = useTranslation();
  return (
    <div className="segments" role="group" aria-label={t('language')} data-testid="language-switch">
      {(['zh-CN', 'en'] as const).map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={i18n.language === language}
          onClick={() => {
            void switchLanguage(language);
            onSwitch?.(language);
          }}
        >
          {language === 'zh-CN' ? '中文' : 'English'}
        </button>
      ))}
    </div>
  );
}
