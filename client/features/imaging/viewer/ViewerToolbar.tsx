import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { imagingLayouts, type ImagingLayout, type ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import { CINE_SPEEDS } from './cine.ts';
import { ToolMenu, ToolMenuItem } from './ToolMenu.tsx';
import { DRAG_TOOLS, isMeasuring, MEASURING_TOOLS, TOOL_KEYS, type Tool } from './tools.ts';
import { ReformatMenu, type ReformatMenuProps } from './reformat/ReformatMenu.tsx';
import { ViewerIcon, type IconName } from './viewer-icons.tsx';
import type { WindowPreset } from './window-level.ts';

/** Steps that turn or fit the picture, with their keys; the words stand in `imaging.viewer.picture.*`. */
export const PICTURE_STEPS = [
  ['rotate', 'O'],
  ['flip-horizontal', 'H'],
  ['flip-vertical', 'V'],
  ['fit', 'F'],
  ['actual-size', 'X'],
  ['true-size', 'Shift+X'],
] as const;
export type PictureStep = (typeof PICTURE_STEPS)[number][0];

const EDITS = [
  ['undo', 'Ctrl+Z', 'canUndo', 'onUndo'],
  ['redo', 'Ctrl+Y', 'canRedo', 'onRedo'],
  ['remove', 'Del', 'canRemove', 'onRemove'],
] as const;

export interface ViewerToolbarProps {
  tool: Tool;
  state: ImagingViewState | null;
  presets: readonly WindowPreset[];
  /** Frames of the stack; cine needs more than one. */
  frames: number;
  cineSpeed: number;
  locked: boolean;
  canRemove: boolean;
  canUndo: boolean;
  canRedo: boolean;
  listOpen: boolean;
  helpOpen: boolean;
  onTool(tool: Tool): void;
  onPreset(preset: WindowPreset): void;
  onReset(): void;
  onInvert(): void;
  onPicture(step: PictureStep): void;
  /** Whether the picture says how large it is. */
  hasMillimetres: boolean;
  onCalibrate(): void;
  onTestPattern(): void;
  onCine(): void;
  onCineSpeed(framesPerSecond: number): void;
  onRemove(): void;
  /** How many panes there are. */
  panes: number;
  onLayout(layout: ImagingLayout): void;
  onLinked(): void;
  onReferenceLines(): void;
  reformat: Omit<ReformatMenuProps, 'locked'>;
  onUndo(): void;
  onRedo(): void;
  onList(): void;
  onHelp(): void;
  /** Key image and export. */
  marks?: ReactNode;
}

/** Tools, windows and single steps. Every button names its key. */
export function ViewerToolbar(props: ViewerToolbarProps) {
  const { t } = useTranslation();
  const { tool, state, presets, locked } = props;
  const current = presets.findIndex(
    ({ windowCenter, windowWidth }) => windowCenter === state?.windowCenter && windowWidth === state.windowWidth,
  );
  const presetName = ({ name, label }: WindowPreset) => label ?? t(`imaging.viewer.preset.${name}`);
  const measuring = isMeasuring(tool);
  return (
    <div className="iv-toolbar" role="toolbar" aria-label={t('imaging.viewer.tools')}>
      {DRAG_TOOLS.map((name) => (
        <ToolButton
          key={name}
          icon={name}
          label={t(`imaging.viewer.tool.${name}`)}
          keys={TOOL_KEYS[name]}
          pressed={tool === name}
          disabled={locked}
          onClick={() => props.onTool(name)}
        />
      ))}
      <ToolMenu
        label={t('imaging.viewer.measure')}
        testId="measure-menu"
        pressed={measuring}
        disabled={locked}
        button={
          <>
            <ViewerIcon name={measuring ? tool : 'length'} />
            <span>{measuring ? t(`imaging.viewer.tool.${tool}`) : t('imaging.viewer.measure')}</span>
          </>
        }
      >
        {MEASURING_TOOLS.map((name) => (
          <ToolMenuItem
            key={name}
            icon={<ViewerIcon name={name} />}
            label={t(`imaging.viewer.tool.${name}`)}
            keys={TOOL_KEYS[name]}
            chosen={tool === name}
            onClick={() => props.onTool(name)}
          />
        ))}
        <hr />
        {EDITS.map(([name, keys, can, step]) => (
          <ToolMenuItem
            key={name}
            icon={<ViewerIcon name={name} />}
            label={t(`imaging.viewer.${name}`)}
            keys={keys}
            disabled={!props[can]}
            onClick={props[step]}
          />
        ))}
      </ToolMenu>
      <span className="iv-divider" />
      <label className="iv-preset">
        <span>{t('imaging.viewer.presetLabel')}</span>
        <select
          aria-label={t('imaging.viewer.presetLabel')}
          value={current}
          disabled={locked || presets.length === 0}
          onChange={({ target }) => {
            const preset = presets[Number(target.value)];
            if (preset) props.onPreset(preset);
          }}
        >
          {current < 0 && <option value={-1}>{t('imaging.viewer.preset.custom')}</option>}
          {presets.map((preset, index) => (
            <option key={index} value={index}>
              {index < 9 ? `${index + 1} ${presetName(preset)}` : presetName(preset)}
            </option>
          ))}
        </select>
      </label>
      <span className="iv-divider" />
      <ToolButton
        icon="invert"
        label={t('imaging.viewer.invert')}
        keys="I"
        pressed={state?.invert ?? false}
        disabled={locked}
        onClick={props.onInvert}
      />
      <ToolMenu
        label={t('imaging.viewer.turnAndFit')}
        testId="picture-menu"
        pressed={state !== null && (state.mirrored || state.rotationDegrees !== 0)}
        disabled={locked}
        button={
          <>
            <ViewerIcon name="rotate" />
            <span>{t('imaging.viewer.turnAndFit')}</span>
          </>
        }
      >
        {PICTURE_STEPS.map(([name, keys]) => (
          <ToolMenuItem
            key={name}
            icon={<ViewerIcon name={name} />}
            label={t(`imaging.viewer.picture.${name}`)}
            keys={keys}
            disabled={name === 'true-size' && !props.hasMillimetres}
            onClick={() => props.onPicture(name)}
          />
        ))}
        <hr />
        <ToolMenuItem
          icon={<ViewerIcon name="length" />}
          label={t('screen.check.calibrate')}
          onClick={props.onCalibrate}
        />
        <ToolMenuItem
          icon={<ViewerIcon name="screen-check" />}
          label={t('screen.check.open')}
          onClick={props.onTestPattern}
        />
      </ToolMenu>
      <ToolButton icon="reset" label={t('imaging.viewer.reset')} keys="R" disabled={locked} onClick={props.onReset} />
      {props.frames > 1 && <Cine {...props} />}
      <LayoutMenu {...props} />
      {props.marks}
      <ReformatMenu {...props.reformat} locked={locked || state === null} />
      <ToolButton
        icon="list"
        label={t('imaging.viewer.measurements')}
        keys="/"
        pressed={props.listOpen}
        onClick={props.onList}
      />
      <ToolButton
        icon="help"
        label={t('imaging.viewer.help')}
        keys="?"
        pressed={props.helpOpen}
        onClick={props.onHelp}
      />
    </div>
  );
}

function LayoutMenu({ state, locked, panes, onLayout, onLinked, onReferenceLines }: ViewerToolbarProps) {
  const { t } = useTranslation();
  const layout = state?.layout ?? '1x1';
  return (
    <ToolMenu
      label={t('imaging.viewer.layout')}
      testId="layout-menu"
      pressed={panes > 1}
      disabled={locked || state === null}
      button={
        <>
          <ViewerIcon name={`layout-${layout}`} />
          <span>{t('imaging.viewer.layout')}</span>
        </>
      }
    >
      {(Object.keys(imagingLayouts) as ImagingLayout[]).map((name) => (
        <ToolMenuItem
          key={name}
          icon={<ViewerIcon name={`layout-${name}`} />}
          label={t(`imaging.viewer.layoutOf.${name}`)}
          keys="Y"
          chosen={layout === name}
          onClick={() => onLayout(name)}
        />
      ))}
      <hr />
      <ToolMenuItem
        icon={<ViewerIcon name={state?.linked ? 'checked' : 'unchecked'} />}
        label={t('imaging.viewer.linked')}
        keys=";"
        chosen={state?.linked ?? false}
        onClick={onLinked}
      />
      <ToolMenuItem
        icon={<ViewerIcon name={state?.referenceLines ? 'checked' : 'unchecked'} />}
        label={t('imaging.viewer.referenceLines')}
        keys="'"
        chosen={state?.referenceLines ?? false}
        onClick={onReferenceLines}
      />
    </ToolMenu>
  );
}

function Cine({ state, locked, cineSpeed, onCine, onCineSpeed }: ViewerToolbarProps) {
  const { t } = useTranslation();
  const playing = state !== null && state.cineFramesPerSecond !== null;
  return (
    <>
      <span className="iv-divider" />
      <ToolButton
        icon={playing ? 'stop' : 'play'}
        label={playing ? t('imaging.viewer.stop') : t('imaging.viewer.play')}
        keys="Space"
        pressed={playing}
        disabled={locked}
        onClick={onCine}
      />
      <label className="iv-preset iv-cine-speed" data-playing={playing}>
        <select
          aria-label={t('imaging.viewer.cineSpeed')}
          title={`${t('imaging.viewer.cineSpeed')} ([ ])`}
          value={state?.cineFramesPerSecond ?? cineSpeed}
          disabled={locked}
          onChange={({ target }) => onCineSpeed(Number(target.value))}
        >
          {CINE_SPEEDS.map((framesPerSecond) => (
            <option key={framesPerSecond} value={framesPerSecond}>
              {t('imaging.viewer.perSecond', { framesPerSecond })}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

interface ToolButtonProps {
  icon: IconName;
  label: string;
  keys: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick(): void;
}

export function ToolButton({ icon, label, keys, pressed, disabled = false, onClick }: ToolButtonProps) {
  return (
    <button
      type="button"
      className="iv-tool"
      title={`${label} (${keys})`}
      aria-label={label}
      aria-keyshortcuts={keys}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      disabled={disabled}
      onClick={onClick}
    >
      <ViewerIcon name={icon} />
      <span>{label}</span>
    </button>
  );
}
