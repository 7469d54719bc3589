import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';

/** The window's title while a screen is shown: `words · 联诊`. */
export function useTitle(words: string | undefined): void {
  const { t } = useTranslation();
  const product = t('product.title');
  useEffect(() => {
    document.title = words === undefined || words === '' ? product : `${words} · ${product}`;
  }, [words, product]);
}
