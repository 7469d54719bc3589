import { memo } from 'react';
import { Button, Popover, Segmented, Tooltip } from 'antd';
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

/** Layout, speed, gain and the caliper tool. Whoever follows sees the settings but cannot change them. */
export const EcgToolbar = memo(function EcgToolbar(props: EcgToolbarProps) {
  const { layout, speed, gain, canLead, compact, hasCaliperTool, canDelete, onCommand, onToggleTool, onDelete } = props;
  const { t } = useTranslation();
  const shortcuts = (
    <dl className="ecg-viewer__shortcuts">
      {shortcutKeys.map((key) => (
        <div key={key}>
          <dt>{t(`ecg.viewer.shortcuts.${key}.keys`)}</dt>
          <dd>{t(`ecg.viewer.shortcuts.${key}.what`)}</dd>
        </div>
      ))}
    </dl>
  );
  return (
    <div className="ecg-viewer__toolbar" role="toolbar" aria-label={t('ecg.viewer.toolbar')}>
      <Segmented
        aria-label={t('ecg.viewer.layout')}
        name="ecg-layout"
        value={layout}
        disabled={!canLead}
        options={layouts.map((value) => ({
          value,
          label: <span title={t(`ecg.viewer.layouts.${value.replace('+', '')}`)}>{layoutLabels[value]}</span>,
        }))}
        onChange={(value) => onCommand({ do: 'layout', layout: value })}
      />
      <span className="ecg-viewer__setting">
        {!compact && <span aria-hidden="true">{t('ecg.viewer.speed')}</span>}
        <Segmented
          aria-label={t('ecg.viewer.speed')}
          name="ecg-speed"
          value={speed}
          disabled={!canLead}
          options={speeds.map((value) => ({ value, label: String(value) }))}
          onChange={(value) => onCommand({ do: 'speed', speed: value })}
        />
        <span className="ecg-viewer__unit">mm/s</span>
      </span>
      <span className="ecg-viewer__setting">
        {!compact && <span aria-hidden="true">{t('ecg.viewer.gain')}</span>}
        <Segmented
          aria-label={t('ecg.viewer.gain')}
          name="ecg-gain"
          value={gain}
          disabled={!canLead}
          options={gains.map((value) => ({ value, label: String(value) }))}
          onChange={(value) => onCommand({ do: 'gain', gain: value })}
        />
        <span className="ecg-viewer__unit">mm/mV</span>
      </span>
      <span className="ecg-viewer__actions">
        <Tooltip title={t('ecg.viewer.caliper.toolHint')}>
          <Button
            icon={<CaliperIcon />}
            disabled={!canLead}
            type={hasCaliperTool && canLead ? 'primary' : 'default'}
            ghost={hasCaliperTool && canLead}
            aria-pressed={hasCaliperTool}
            onClick={onToggleTool}
          >
            {t('ecg.viewer.caliper.tool')}
          </Button>
        </Tooltip>
        <Tooltip title={t('ecg.viewer.caliper.deleteHint')}>
          <Button
            icon={<DeleteIcon />}
            disabled={!canLead || !canDelete}
            aria-label={t('ecg.viewer.caliper.delete')}
            onClick={onDelete}
          />
        </Tooltip>
        <Tooltip title={t('ecg.viewer.resetHint')}>
          <Button
            icon={<ResetIcon />}
            disabled={!canLead}
            aria-label={t('ecg.viewer.reset')}
            onClick={() => onCommand({ do: 'reset' })}
          />
        </Tooltip>
        <Popover trigger="click" placement="bottomRight" title={t('ecg.viewer.shortcuts.title')} content={shortcuts}>
          <Button icon={<KeyboardIcon />} aria-label={t('ecg.viewer.shortcuts.title')} />
        </Popover>
      </span>
    </div>
  );
});
