import { useTranslation } from 'react-i18next';
import type { MarkDocumentKind } from '../../../../shared/contracts/image-marks.ts';
import './styles/marks.css';
import { ToolMenu, ToolMenuItem } from './ToolMenu.tsx';
import { ViewerIcon } from './viewer-icons.tsx';

/** What can be made of the study on the screen. */
export interface ViewerExports {
  /** How much stands marked in a study. */
  countOf(studyInstanceUid: string, kind: MarkDocumentKind): number;
  busy: boolean;
  exportMarks(studyInstanceUid: string, kind: MarkDocumentKind): void;
  /** Absent for whoever may not. */
  exportTeaching?: ((studyInstanceUid: string) => void) | undefined;
}

/** The key image button, and the menu of what leaves the viewer as files. */
export function MarksMenu({
  isKeyImage,
  disabled,
  onKeyImage,
  studyInstanceUid,
  exports,
}: {
  isKeyImage: boolean;
  disabled: boolean;
  onKeyImage(): void;
  studyInstanceUid: string | undefined;
  exports: ViewerExports | undefined;
}) {
  const { t } = useTranslation();
  const label = t(isKeyImage ? 'marks.unmarkKeyImage' : 'marks.markKeyImage');
  const count = (kind: MarkDocumentKind) =>
    studyInstanceUid === undefined ? 0 : (exports?.countOf(studyInstanceUid, kind) ?? 0);
  return (
    <>
      <button
        type="button"
        className="iv-tool"
        title={`${label} (*)`}
        aria-label={label}
        aria-keyshortcuts="*"
        aria-pressed={isKeyImage}
        disabled={disabled}
        data-testid="key-image"
        onClick={onKeyImage}
      >
        <ViewerIcon name={isKeyImage ? 'key-image-marked' : 'key-image'} />
        <span>{t('marks.keyImage')}</span>
      </button>
      {exports && studyInstanceUid !== undefined && (
        <ToolMenu
          label={t('marks.export')}
          testId="export-menu"
          pressed={false}
          disabled={exports.busy}
          button={
            <>
              <ViewerIcon name="export" />
              <span>{exports.busy ? t('marks.exporting') : t('marks.export')}</span>
            </>
          }
        >
          <ToolMenuItem
            icon={<ViewerIcon name="length" />}
            label={t('marks.exportMeasurements')}
            disabled={count('measurements') === 0}
            onClick={() => exports.exportMarks(studyInstanceUid, 'measurements')}
          />
          <ToolMenuItem
            icon={<ViewerIcon name="key-image" />}
            label={t('marks.exportKeyImages')}
            disabled={count('key-images') === 0}
            onClick={() => exports.exportMarks(studyInstanceUid, 'key-images')}
          />
          {exports.exportTeaching && (
            <>
              <hr />
              <ToolMenuItem
                icon={<ViewerIcon name="export" />}
                label={t('marks.exportTeaching')}
                onClick={() => exports.exportTeaching?.(studyInstanceUid)}
              />
            </>
          )}
        </ToolMenu>
      )}
    </>
  );
}
