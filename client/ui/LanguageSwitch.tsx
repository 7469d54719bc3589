import { useTranslation } from 'react-i18next';
import { switchLanguage } from '../locales/languages.ts';
import { Segments } from './Segments.tsx';

const languages = [
  { value: 'zh-CN', text: '中文', lang: 'zh-CN' },
  { value: 'en', text: 'English', lang: 'en' },
] as const;
type Language = (typeof languages)[number]['value'];

/** Chinese and English side by side; the choice stays in this browser. */
export function LanguageSwitch({ onSwitch }: { onSwitch?: (language: Language) => void }) {
  const { i18n, t } = useTranslation();
  return (
    <Segments<Language>
      label={t('language')}
      segments={languages}
      chosen={i18n.language as Language}
      onChoose={(language) => {
        void switchLanguage(language);
        onSwitch?.(language);
      }}
    />
  );
}
