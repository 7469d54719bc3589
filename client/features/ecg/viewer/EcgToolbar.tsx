import { memo } from 'react';
import type { ReactNode } from 'react';
import { Button, Popover, Segmented, Select, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { EcgViewState } from '../../../../shared/contracts/viewing.ts';
import { gains, layouts, speeds } from './view-commands.ts';
import type { ViewCommand } from './view-commands.ts';
import { CaliperIcon, DeleteIcon, KeyboardIcon, ResetIcon } from './viewer-icons.tsx';

interface EcgToolbarProps {
  layout: EcgViewState['layout'];
  speed: EcgViewState['speedMmPerSecond'];
  gain: EcgViewState['gainMmPerMillivolt'];
  canLead: boolean;
  compact: boolean;
  hasCaliperTool: boolean;
  canDelete: boolean;
  onCommand: (command: ViewCommand) => void;
  onToggleTool: () => void;
  onDelete: () => void;
}

const layoutLabels: Record<EcgViewState['layout'], string> = { '3x4+1R': '3×4+1', '6x2': '6×2', '12x1': '12×1' };

/** Layout, speed, gain and the caliper tool; without hover hints where fingers work. Whoever follows sees the settings but cannot change them. */
export const EcgToolbar = memo(function EcgToolbar(props: EcgToolbarProps) {
  const { layout, speed, gain, canLead, compact, hasCaliperTool, canDelete, onCommand, onToggleTool, onDelete } = props;
  const { t } = useTranslation();
  return (
    <div className="ecg-viewer__toolbar" role="toolbar" aria-label={t('ecg.viewer.toolbar')}>
      <Segmented
        aria-label={t('ecg.viewer.layout')}
        value={layout}
        disabled={!canLead}
        options={layouts.map((value) => ({
          value,
          label: <span title={t(`ecg.viewer.layouts.${value.replace('+', '')}`)}>{layoutLabels[value]}</span>,
        }))}
        onChange={(value) => onCommand({ do: 'layout', layout: value })}
      />
      <Choice
        label={t('ecg.viewer.speed')}
        unit="mm/s"
        value={speed}
        values={speeds}
        isDisabled={!canLead}
        compact={compact}
        onChange={(value) => onCommand({ do: 'speed', speed: value })}
      />
      <Choice
        label={t('ecg.viewer.gain')}
        unit="mm/mV"
        value={gain}
        values={gains}
        isDisabled={!canLead}
        compact={compact}
        onChange={(value) => onCommand({ do: 'gain', gain: value })}
      />
      <span className="ecg-viewer__actions">
        <Tooltip title={compact ? '' : t('ecg.viewer.caliper.toolHint')}>
          <Button
            className="ecg-viewer__tool"
            icon={<CaliperIcon />}
            disabled={!canLead}
            aria-pressed={hasCaliperTool && canLead}
            onClick={onToggleTool}
          >
            {t('ecg.viewer.caliper.tool')}
          </Button>
        </Tooltip>
        <IconButton
          icon={<DeleteIcon />}
          hint={compact ? '' : t('ecg.viewer.caliper.deleteHint')}
          label={t('ecg.viewer.caliper.delete')}
          isDisabled={!canLead || !canDelete}
          onClick={onDelete}
        />
        <IconButton
          icon={<ResetIcon />}
          hint={compact ? '' : t('ecg.viewer.resetHint')}
          label={t('ecg.viewer.reset')}
          isDisabled={!canLead}
          onClick={() => onCommand({ do: 'reset' })}
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
});

/** One of three values: side by side where there is room, a list on a phone. */
function Choice<T extends number>(props: {
  label: string;
  unit: string;
  value: T;
  values: readonly T[];
  isDisabled: boolean;
  compact: boolean;
  onChange: (value: T) => void;
}) {
  const { label, unit, value, values, isDisabled, compact, onChange } = props;
  if (compact) {
    return (
      <Select
        className="ecg-viewer__select"
        aria-label={label}
        value={value}
        disabled={isDisabled}
        popupMatchSelectWidth={false}
        options={values.map((one) => ({ value: one, label: `${one} ${unit}` }))}
        onChange={onChange}
      />
    );
  }
  return (
    <span className="ecg-viewer__setting">
      <span aria-hidden="true">{label}</span>
      <Segmented
        aria-label={label}
        value={value}
        disabled={isDisabled}
        options={values.map((one) => ({ value: one, label: String(one) }))}
        onChange={onChange}
      />
      <span className="ecg-viewer__unit">{unit}</span>
    </span>
  );
}

function IconButton(props: { icon: ReactNode; hint: string; label: string; isDisabled: boolean; onClick: () => void }) {
  return (
    <Tooltip title={props.hint}>
      <Button icon={props.icon} disabled={props.isDisabled} aria-label={props.label} onClick={props.onClick} />
    </Tooltip>
  );
}

const shortcutKeys = [
  'layout',
  'gain',
  'speed',
  'pan',
  'caliper',
  'place',
  'nudge',
  'delete',
  'cancel',
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
