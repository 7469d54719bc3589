import { useTranslation } from 'react-i18next';
import type { ImagingReformat } from '../../../../../shared/contracts/viewing.ts';
import { WHOLE_SLAB_MM } from './plane-state.ts';

/** Thickness and kind of a slab as a reader says it: `MIP 20 mm`. */
export function useSlabWords() {
  const { t } = useTranslation();
  const thickness = (slabMm: number): string => {
    if (slabMm === 0) return t('imaging.viewer.reformat.thin');
    return slabMm === WHOLE_SLAB_MM ? t('imaging.viewer.reformat.whole') : `${slabMm} mm`;
  };
  const words = ({ slabMm, projection }: Pick<ImagingReformat, 'slabMm' | 'projection'>): string =>
    slabMm === 0
      ? t('imaging.viewer.reformat.short')
      : `${t(`imaging.viewer.reformat.projectionShort.${projection}`)} ${thickness(slabMm)}`;
  return Object.assign(words, { thickness });
}
