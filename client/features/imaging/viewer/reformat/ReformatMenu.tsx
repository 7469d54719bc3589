import { useTranslation } from 'react-i18next';
import { slabProjections, type ImagingReformat, type SlabProjection } from '../../../../../shared/contracts/viewing.ts';
import { ToolMenu, ToolMenuItem } from '../ToolMenu.tsx';
import { ViewerIcon } from '../viewer-icons.tsx';
import { SLABS_MM } from './plane-state.ts';
import { useSlabWords } from './slab-words.ts';

export interface ReformatMenuProps {
  reformat: ImagingReformat | null;
  locked: boolean;
  onToggle(): void;
  onSlab(slabMm: number): void;
  onProjection(projection: SlabProjection): void;
}

/** Opens and closes the three planes; while they are open, thickness and kind of the slab. */
export function ReformatMenu({ reformat, locked, onToggle, onSlab, onProjection }: ReformatMenuProps) {
  const { t } = useTranslation();
  const words = useSlabWords();
  return (
    <ToolMenu
      label={t('imaging.viewer.reformat.name')}
      testId="reformat-menu"
      pressed={reformat !== null}
      disabled={locked}
      button={
        <>
          <ViewerIcon name="reformat" />
          <span>{reformat ? words(reformat) : t('imaging.viewer.reformat.short')}</span>
        </>
      }
    >
      <ToolMenuItem
        icon={<ViewerIcon name={reformat ? 'close' : 'reformat'} />}
        label={t(reformat ? 'imaging.viewer.reformat.close' : 'imaging.viewer.reformat.open')}
        keys="Shift+M"
        onClick={onToggle}
      />
      {reformat && (
        <>
          <hr />
          {SLABS_MM.map((slabMm) => (
            <ToolMenuItem
              key={slabMm}
              icon={<ViewerIcon name={reformat.slabMm === slabMm ? 'checked' : 'unchecked'} />}
              label={words.thickness(slabMm)}
              keys="[ ]"
              chosen={reformat.slabMm === slabMm}
              onClick={() => onSlab(slabMm)}
            />
          ))}
          <hr />
          {slabProjections.map((projection) => (
            <ToolMenuItem
              key={projection}
              icon={<ViewerIcon name={reformat.projection === projection ? 'checked' : 'unchecked'} />}
              label={t(`imaging.viewer.reformat.projection.${projection}`)}
              keys="\"
              chosen={reformat.projection === projection}
              disabled={reformat.slabMm === 0}
              onClick={() => onProjection(projection)}
            />
          ))}
        </>
      )}
    </ToolMenu>
  );
}
