import { Suspense, useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import type { EcgView } from '../../../shared/contracts/ecg.ts';
import { ecgDisplayDefaults, type EcgImageViewState, type EcgViewState } from '../../../shared/contracts/viewing.ts';
import { standardLeads } from '../../../shared/ecg/waveform.ts';
import type { EcgDocument, EcgMeasurements as DeviceMeasurements } from '../../../shared/ecg/waveform.ts';
import { lazyScreen } from '../../connection/load-code.ts';
import { useRequest } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { MismatchNote } from '../patients/MismatchNote.tsx';
import type { EcgMeasurements as EcgMeasurementsComponent } from './viewer/EcgMeasurements.tsx';
import type { EcgImage as EcgImageComponent } from './viewer/EcgImage.tsx';
import type { EcgViewer as EcgViewerComponent } from './viewer/EcgViewer.tsx';
import { useCompareTool } from './comparison/use-compare-tool.tsx';
import { PreRead } from './PreRead.tsx';
import { RecordingQuality } from './RecordingQuality.tsx';
import { useLoadPrinted } from './use-load-printed.ts';
import { isLongRecording, useWaveform } from './use-waveform.ts';
import './ecg.css';

const EcgMeasurements = lazyScreen<ComponentProps<typeof EcgMeasurementsComponent>>(() =>
  import('./viewer/EcgMeasurements.tsx').then((module) => ({ default: module.EcgMeasurements })),
);
const EcgImage = lazyScreen<ComponentProps<typeof EcgImageComponent>>(() =>
  import('./viewer/EcgImage.tsx').then((module) => ({ default: module.EcgImage })),
);
const loadViewer = () => import('./viewer/EcgViewer.tsx').then((module) => ({ default: module.EcgViewer }));
const EcgViewer = lazyScreen<ComponentProps<typeof EcgViewerComponent>>(loadViewer);

const nowhere = () => undefined;

/** Fetches the viewer's code before there is a trace to show. */
export const prefetchEcgViewer = (): void => void loadViewer().catch(() => undefined);

type ViewerProps = ComponentProps<typeof EcgViewerComponent>;

/** How an ECG is looked at: its trace, or the picture of its paper. */
export type AnyEcgView = EcgViewState | EcgImageViewState;

export interface EcgPanelProps {
  ecgId: string;
  /** The ECG, where the page has it already: then its samples need not wait for it. */
  known?: EcgView | undefined;
  theme?: 'light' | 'dark';
  /** Given in shared viewing; alone the panel keeps its own view. */
  shared?: Pick<ViewerProps, 'canLead' | 'remotePointers' | 'onPointerMove'> & {
    state: AnyEcgView;
    onStateChange: (state: AnyEcgView) => void;
  };
  header?: ViewerProps['header'];
  compact?: boolean;
}

/** How an ECG is first seen. */
export const firstViewOf = (ecg: EcgView): AnyEcgView =>
  ecg.image ? firstImageView(ecg.id) : firstEcgView(ecg.id, ecg);

const firstImageView = (ecgId: string): EcgImageViewState => ({
  kind: 'ecg-image',
  ecgId,
  page: 1,
  speedMmPerSecond: 25,
  gainMmPerMillivolt: 10,
  zoom: 1,
  isTurned: false,
  center: null,
  calipers: [],
});

/** The few leads of a Holter recording each have their row. */
export function firstEcgView(ecgId: string, ecg?: EcgView): EcgViewState {
  return {
    kind: 'ecg',
    ecgId,
    layout: ecg && isLongRecording(ecg) && ecg.leadNames.length < standardLeads.length ? '12x1' : '3x4+1R',
    speedMmPerSecond: 25,
    gainMmPerMillivolt: 10,
    startSeconds: 0,
    calipers: [],
    ...ecgDisplayDefaults,
    beatMarks: {},
  };
}

/** One ECG as a cardiologist reads it, with what the file says beside it; fills the height that it is given. */
export function EcgPanel({ ecgId, known, theme = 'light', shared, header, compact }: EcgPanelProps) {
  const { t } = useTranslation();
  const [own, setOwn] = useState<AnyEcgView | null>(null);
  const read = useRequest('ecg:read', { ecgId });
  const ecg = read.data?.ecg ?? (known?.id === ecgId ? known : undefined);
  const loadPrinted = useLoadPrinted(ecg);
  const seen = shared?.state ?? own;
  const viewOf = <Kind extends AnyEcgView['kind']>(kind: Kind) =>
    seen?.kind === kind && seen.ecgId === ecgId ? (seen as Extract<AnyEcgView, { kind: Kind }>) : null;
  const sides = {
    onStateChange: shared?.onStateChange ?? setOwn,
    canLead: shared?.canLead ?? true,
    remotePointers: shared?.remotePointers ?? [],
    onPointerMove: shared?.onPointerMove ?? nowhere,
  };
  const state = viewOf('ecg') ?? firstEcgView(ecgId, ecg);
  const waveform = useWaveform(ecg, state.startSeconds);
  const { groups, long } = waveform;
  const renderTools = useCompareTool(ecg, groups, theme);
  if (ecg?.image) {
    return (
      <Suspense fallback={null}>
        <div className="ecg-panel" data-testid="ecg-panel" data-ecg-id={ecgId}>
          <EcgImage
            {...sides}
            state={viewOf('ecg-image') ?? firstImageView(ecgId)}
            ecg={ecg}
            theme={theme}
            {...(header === undefined ? {} : { header })}
          />
        </div>
      </Suspense>
    );
  }
  const error = (ecg ? null : read.error) ?? waveform.error;
  if (error) {
    return (
      <LoadFailed
        error={error}
        onRetry={() => {
          if (!ecg) void read.refetch();
          else waveform.retry();
        }}
      />
    );
  }
  const loading = (
    <div className="ecg-panel-loading" role="status">
      <div className="spinner" />
      {t('ecg.loading')}
    </div>
  );
  if (!ecg || !groups) return loading;
  const { format, measurements, statements, warnings, acquiredAt, mismatch, preRead } = ecg;
  const document: EcgDocument = {
    format,
    groups,
    measurements: measurements as DeviceMeasurements,
    statements,
    warnings,
    ...(acquiredAt === null ? {} : { acquiredAt }),
  };
  return (
    <div className="ecg-panel" data-testid="ecg-panel" data-ecg-id={ecgId}>
      {mismatch && <MismatchNote mismatch={mismatch} />}
      {preRead && <RecordingQuality findings={preRead.quality} isLong={long !== null} />}
      <Suspense fallback={loading}>
        <div className="ecg-panel-viewer">
          <EcgViewer
            {...sides}
            state={state}
            ecgId={ecgId}
            document={document}
            long={long}
            theme={theme}
            renderTools={renderTools}
            loadPrinted={loadPrinted}
            {...(header === undefined ? {} : { header })}
            {...(compact === undefined ? {} : { compact })}
          />
        </div>
        <div className="ecg-panel-measurements">
          {preRead && <PreRead preRead={preRead} theme={theme} />}
          <EcgMeasurements document={document} preRead={preRead} isPart={long !== null} theme={theme} />
        </div>
      </Suspense>
    </div>
  );
}
