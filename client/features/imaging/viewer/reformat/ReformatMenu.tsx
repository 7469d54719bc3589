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
          <div className="iv-menu-heading">
            <span>{t('imaging.viewer.reformat.thickness')}</span>
            <kbd>[ ]</kbd>
          </div>
          <div className="iv-menu-chips">
            {SLABS_MM.map((slabMm) => (
              <button
                key={slabMm}
                type="button"
                className="iv-menu-item"
                role="menuitemradio"
                aria-checked={reformat.slabMm === slabMm}
                data-slab-choice={slabMm}
                onClick={() => onSlab(slabMm)}
              >
                {words.thickness(slabMm)}
              </button>
            ))}
          </div>
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
