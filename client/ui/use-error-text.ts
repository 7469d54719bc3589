import { useTranslation } from 'react-i18next';
import { Refusal } from '../connection/refusal.ts';

/** The wording of a refusal in the person's language: what is so, and what to do. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => t(`errors.${error instanceof Refusal ? error.code : 'internal'}`);
}
