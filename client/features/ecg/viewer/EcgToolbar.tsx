import { memo } from 'react';
import type { ReactNode } from 'react';
import { Button, Popover, Segmented, Select, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import { DisplaySettings } from './DisplaySettings.tsx';
import { ReadingControls } from './ReadingControls.tsx';
import { gains, layouts, speeds } from './view-commands.ts';
import type { ViewCommand } from './view-commands.ts';
import {
  AverageBeatIcon,
  CaliperIcon,
  DeleteIcon,
  DisplayIcon,
  KeyboardIcon,
  MarchIcon,
  PrintIcon,
  ResetIcon,
} from './viewer-icons.tsx';

interface EcgToolbarProps {
  layout: EcgViewState['layout'];
  speed: EcgViewState['speedMmPerSecond'];
  gain: EcgViewState['gainMmPerMillivolt'];
  leadOrder: EcgViewState['leadOrder'];
  highPassHz: EcgViewState['highPassHz'];
  lowPassHz: EcgViewState['lowPassHz'];
  notchHz: EcgViewState['notchHz'];
  /** Null where the file holds no averaged beats beside its rhythm recording. */
  waveform: EcgViewState['waveform'] | null;
  hasAverageBeats: boolean;
  theme: 'light' | 'dark';
  canLead: boolean;
  compact: boolean;
  hasCaliperTool: boolean;
  canDelete: boolean;
  canMarch: boolean;
  isMarching: boolean;
  /** What the page adds: comparing with other recordings, say. */
  renderTools: ((viewNow: () => EcgViewState) => ReactNode) | undefined;
  viewNow: () => EcgViewState;
  onCommand: (command: ViewCommand) => void;
  onToggleTool: () => void;
  onDelete: () => void;
  onMarch: () => void;
  onPrint: () => void;
}

const layoutLabels: Partial<Record<EcgViewState['layout'], string>> = {
  '3x4+1R': '3×4+1',
  '3x4+3R': '3×4+3',
  '6x2': '6×2',
  '12x1': '12×1',
};

/** Layout, speed, gain, filters and tools; without hover hints where fingers work. Whoever follows sees the settings but cannot change them. */
export const EcgToolbar = memo(function EcgToolbar(props: EcgToolbarProps) {
  // Within the memo: a provider that renders anew at each frame of a drag costs more than the trace.
  return (
    <ReadingControls theme={props.theme}>
      <Controls {...props} />
    </ReadingControls>
  );
});

function Controls(props: EcgToolbarProps) {
  const { layout, canLead, compact, hasCaliperTool, onCommand } = props;
  const { t } = useTranslation();
  const nameOf = (value: EcgViewState['layout']) => layoutLabels[value] ?? t('ecg.viewer.layoutSingle');
  const hint = (text: string) => (compact ? '' : text);
  const display = (
    <Popover
      trigger="click"
      placement="bottomLeft"
      title={t('ecg.viewer.display.title')}
      content={<DisplaySettings {...props} />}
    >
      <Button icon={<DisplayIcon />} disabled={!canLead} aria-label={t('ecg.viewer.display.title')}>
        {compact ? null : t('ecg.viewer.display.button')}
      </Button>
    </Popover>
  );
  return (
    <div className="ecg-viewer__toolbar" role="toolbar" aria-label={t('ecg.viewer.toolbar')}>
      {compact ? (
        <Select
          className="ecg-viewer__select"
          aria-label={t('ecg.viewer.layout')}
          value={layout}
          disabled={!canLead}
          popupMatchSelectWidth={false}
          options={layouts.map((value) => ({ value, label: nameOf(value) }))}
          onChange={(value) => onCommand({ do: 'layout', layout: value })}
        />
      ) : (
        <Segmented
          aria-label={t('ecg.viewer.layout')}
          value={layout}
          disabled={!canLead}
          options={layouts.map((value) => ({
            value,
            label: <span title={t(`ecg.viewer.layouts.${value.replace('+', '')}`)}>{nameOf(value)}</span>,
          }))}
          onChange={(value) => onCommand({ do: 'layout', layout: value })}
        />
      )}
      <Choice
        label={t('ecg.viewer.speed')}
        unit="mm/s"
        value={props.speed}
        values={speeds}
        isDisabled={!canLead}
        onChange={(value) => onCommand({ do: 'speed', speed: value })}
      />
      <Choice
        label={t('ecg.viewer.gain')}
        unit="mm/mV"
        value={props.gain}
        values={gains}
        isDisabled={!canLead}
        onChange={(value) => onCommand({ do: 'gain', gain: value })}
      />
      {!compact && display}
      <span className="ecg-viewer__actions">
        {compact && display}
        <Tooltip title={hint(t('ecg.viewer.caliper.toolHint'))}>
          <Button
            className="ecg-viewer__tool"
            icon={<CaliperIcon />}
            disabled={!canLead}
            aria-pressed={hasCaliperTool && canLead}
            aria-label={t('ecg.viewer.caliper.tool')}
            onClick={props.onToggleTool}
          >
            {compact ? null : t('ecg.viewer.caliper.tool')}
          </Button>
        </Tooltip>
        <IconButton
          icon={<MarchIcon />}
          hint={hint(t('ecg.viewer.caliper.marchHint'))}
          label={t('ecg.viewer.caliper.march')}
          isDisabled={!canLead || !props.canMarch}
          isPressed={props.isMarching}
          onClick={props.onMarch}
        />
        <IconButton
          icon={<DeleteIcon />}
          hint={hint(t('ecg.viewer.caliper.deleteHint'))}
          label={t('ecg.viewer.caliper.delete')}
          isDisabled={!canLead || !props.canDelete}
          onClick={props.onDelete}
        />
        <IconButton
          icon={<AverageBeatIcon />}
          hint={hint(t('ecg.viewer.beats.hint'))}
          label={t('ecg.viewer.beats.title')}
          isDisabled={!canLead}
          isPressed={props.hasAverageBeats}
          onClick={() => onCommand({ do: 'average-beats', open: 'other' })}
        />
        {props.renderTools?.(props.viewNow)}
        <IconButton
          icon={<ResetIcon />}
          hint={hint(t('ecg.viewer.resetHint'))}
          label={t('ecg.viewer.reset')}
          isDisabled={!canLead}
          onClick={() => onCommand({ do: 'reset' })}
        />
        <IconButton
          icon={<PrintIcon />}
          hint={hint(t('ecg.viewer.print.hint'))}
          label={t('ecg.viewer.print.button')}
          isDisabled={false}
          onClick={props.onPrint}
        />
        {!compact && (
          <Popover
            trigger="click"
            placement="bottomRight"
            title={t('ecg.viewer.shortcuts.title')}
            content={<Shortcuts />}
          >
            <Button icon={<KeyboardIcon />} aria-label={t('ecg.viewer.shortcuts.title')} />
          </Popover>
        )}
      </span>
    </div>
  );
}

/** One of three values, with its unit. */
function Choice<T extends number>(props: {
  label: string;
  unit: string;
  value: T;
  values: readonly T[];
  isDisabled: boolean;
  onChange: (value: T) => void;
}) {
  const { label, unit, value, values, isDisabled, onChange } = props;
  return (
    <Select
      className="ecg-viewer__select"
      aria-label={label}
      title={label}
      value={value}
      disabled={isDisabled}
      popupMatchSelectWidth={false}
      options={values.map((one) => ({ value: one, label: `${one} ${unit}` }))}
      onChange={onChange}
    />
  );
}

function IconButton(props: {
  icon: ReactNode;
  hint: string;
  label: string;
  isDisabled: boolean;
  isPressed?: boolean;
  onClick: () => void;
}) {
  return (
    <Tooltip title={props.hint}>
      <Button
        className="ecg-viewer__tool"
        icon={props.icon}
        disabled={props.isDisabled}
        aria-label={props.label}
        {...(props.isPressed === undefined ? {} : { 'aria-pressed': props.isPressed })}
        onClick={props.onClick}
      />
    </Tooltip>
  );
}

const shortcutKeys = [
  'layout',
  'lead',
  'order',
  'gain',
  'speed',
  'filters',
  'pan',
  'page',
  'caliper',
  'place',
  'march',
  'nudge',
  'delete',
  'beats',
  'cancel',
  'print',
  'reset',
] as const;

function Shortcuts() {
  const { t } = useTranslation();
  return (
    <dl className="ecg-viewer__shortcuts">
      {shortcutKeys.map((key) => (
        <div key={key}>
          <dt>{t(`ecg.viewer.shortcuts.${key}.keys`)}</dt>
          <dd>{t(`ecg.viewer.shortcuts.${key}.what`)}</dd>
        </div>
      ))}
    </dl>
  );
}
