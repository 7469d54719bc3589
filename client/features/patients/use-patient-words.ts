import { useTranslation } from 'react-i18next';

/** "男 · 56 岁", from what is known; empty where nothing is. */
export function usePatientWords(): (sex: string, ageYears: number | null) => string {
  const { t } = useTranslation();
  return (sex, ageYears) =>
    [
      sex === 'male' || sex === 'female' ? t(`sex.${sex}`) : null,
      ageYears === null ? null : t('age.years', { years: ageYears }),
    ]
      .filter((word) => word !== null)
      .join(' · ');
}
