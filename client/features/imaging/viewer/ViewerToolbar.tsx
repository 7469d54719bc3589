import { useTranslation } from 'react-i18next';
import type { ImagingViewState } from '../../../../shared/contracts/viewing.ts';
import { TOOL_KEYS, TOOLS, type Tool } from './tools.ts';
import { ViewerIcon } from './viewer-icons.tsx';
import type { WindowPreset } from './window-level.ts';

export interface ViewerToolbarProps {
  tool: Tool;
  state: ImagingViewState | null;
  presets: readonly WindowPreset[];
  locked: boolean;
  canRemove: boolean;
  helpOpen: boolean;
  onTool(tool: Tool): void;
  onPreset(preset: WindowPreset): void;
  onReset(): void;
  onInvert(): void;
  onRotate(): void;
  onRemove(): void;
  onHelp(): void;
}

/** Tools, windows and single steps. Every button names its key. */
export function ViewerToolbar(props: ViewerToolbarProps) {
  const { t } = useTranslation();
  const { tool, state, presets, locked } = props;
  const current = presets.findIndex(
    ({ windowCenter, windowWidth }) => windowCenter === state?.windowCenter && windowWidth === state.windowWidth,
  );
  const presetName = ({ name, label }: WindowPreset) => label ?? t(`imaging.viewer.preset.${name}`);
  return (
    <div className="iv-toolbar" role="toolbar" aria-label={t('imaging.viewer.tools')}>
      {TOOLS.map((name) => (
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
      <span className="iv-divider" />
      <label className="iv-preset">
        <span>{t('imaging.viewer.presetLabel')}</span>
        <select
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
              {`${index + 1} ${presetName(preset)}`}
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
      <ToolButton
        icon="rotate"
        label={t('imaging.viewer.rotate')}
        keys="O"
        disabled={locked}
        onClick={props.onRotate}
      />
      <ToolButton icon="reset" label={t('imaging.viewer.reset')} keys="R" disabled={locked} onClick={props.onReset} />
      {props.canRemove && (
        <ToolButton
          icon="remove"
          label={t('imaging.viewer.remove')}
          keys="Del"
          disabled={locked}
          onClick={props.onRemove}
        />
      )}
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

interface ToolButtonProps {
  icon: Parameters<typeof ViewerIcon>[0]['name'];
  label: string;
  keys: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick(): void;
}

function ToolButton({ icon, label, keys, pressed, disabled = false, onClick }: ToolButtonProps) {
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
