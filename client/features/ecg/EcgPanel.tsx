import { useQuery } from '@tanstack/react-query';
import { Suspense, useState, type ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import type { z } from 'zod';
import type { waveformView } from '../../../shared/contracts/ecg.ts';
import { ecgDisplayDefaults, type EcgViewState } from '../../../shared/contracts/viewing.ts';
import type { EcgDocument, EcgMeasurements as DeviceMeasurements } from '../../../shared/ecg/waveform.ts';
import { lazyScreen } from '../../connection/load-code.ts';
import type { Refusal } from '../../connection/refusal.ts';
import { useRequest, useWiring } from '../../connection/wiring.tsx';
import { LoadFailed } from '../../ui/LoadFailed.tsx';
import { MismatchNote } from '../patients/MismatchNote.tsx';
import type { EcgMeasurements as EcgMeasurementsComponent } from './viewer/EcgMeasurements.tsx';
import type { EcgImage as EcgImageComponent } from './viewer/EcgImage.tsx';
import type { EcgViewer as EcgViewerComponent } from './viewer/EcgViewer.tsx';
import { useCompareTool } from './comparison/use-compare-tool.tsx';
import { PreRead } from './PreRead.tsx';
import { RecordingQuality } from './RecordingQuality.tsx';
import { useLoadPrinted } from './use-load-printed.ts';
import './ecg.css';

const EcgMeasurements = lazyScreen<ComponentProps<typeof EcgMeasurementsComponent>>(() =>
  import('./viewer/EcgMeasurements.tsx').then((module) => ({ default: module.EcgMeasurements })),
);
const EcgImage = lazyScreen<ComponentProps<typeof EcgImageComponent>>(() =>
  import('./viewer/EcgImage.tsx').then((module) => ({ default: module.EcgImage })),
);
const loadViewer = () => import('./viewer/EcgViewer.tsx').then((module) => ({ default: module.EcgViewer }));
const EcgViewer = lazyScreen<ComponentProps<typeof EcgViewerComponent>>(loadViewer);

/** Fetches the viewer's code before there is a trace to show. */
export const prefetchEcgViewer = (): void => void loadViewer().catch(() => undefined);

type ViewerProps = ComponentProps<typeof EcgViewerComponent>;

export interface EcgPanelProps {
  ecgId: string;
  theme?: 'light' | 'dark';
  /** Given in shared viewing; alone the panel keeps its own view. */
  shared?: Pick<ViewerProps, 'state' | 'onStateChange' | 'canLead' | 'remotePointers' | 'onPointerMove'>;
  header?: ViewerProps['header'];
  compact?: boolean;
}

export function firstEcgView(ecgId: string): EcgViewState {
  return {
    kind: 'ecg',
    ecgId,
    layout: '3x4+1R',
    speedMmPerSecond: 25,
    gainMmPerMillivolt: 10,
    startSeconds: 0,
    calipers: [],
    ...ecgDisplayDefaults,
    beatMarks: {},
  };
}

/** One ECG as a cardiologist reads it, with what the file says beside it; fills the height that it is given. */
export function EcgPanel({ ecgId, theme = 'light', shared, header, compact }: EcgPanelProps) {
  const { t } = useTranslation();
  const { http } = useWiring();
  const [own, setOwn] = useState(() => firstEcgView(ecgId));
  const ecg = useRequest('ecg:read', { ecgId });
  const loadPrinted = useLoadPrinted(ecg.data?.ecg);
  const waveform = useQuery<z.infer<typeof waveformView>, Refusal>({
    queryKey: ['ecg-waveform', ecgId],
    queryFn: ({ signal }) => http.get(`/api/ecgs/${ecgId}/waveform`, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const renderTools = useCompareTool(ecg.data?.ecg, waveform.data?.groups, theme);
  if (ecg.data?.ecg.image) {
    return (
      <Suspense fallback={null}>
        <div className="ecg-panel" data-testid="ecg-panel" data-ecg-id={ecgId}>
          <EcgImage ecg={ecg.data.ecg} theme={theme} {...(header === undefined ? {} : { header })} />
        </div>
      </Suspense>
    );
  }
  const error = (ecg.data ? null : ecg.error) ?? (waveform.data ? null : waveform.error);
  if (error) {
    return (
      <LoadFailed
        error={error}
        onRetry={() => {
          void ecg.refetch();
          void waveform.refetch();
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
  if (!ecg.data || !waveform.data) return loading;
  const { format, measurements, statements, warnings, acquiredAt, mismatch, preRead } = ecg.data.ecg;
  const document: EcgDocument = {
    format,
    groups: waveform.data.groups,
    measurements: measurements as DeviceMeasurements,
    statements,
    warnings,
    ...(acquiredAt === null ? {} : { acquiredAt }),
  };
  const view = shared ?? {
    state: own.ecgId === ecgId ? own : firstEcgView(ecgId),
    onStateChange: setOwn,
    canLead: true,
    remotePointers: [],
    onPointerMove: () => undefined,
  };
  return (
    <div className="ecg-panel" data-testid="ecg-panel" data-ecg-id={ecgId}>
      {mismatch && <MismatchNote mismatch={mismatch} />}
      {preRead && <RecordingQuality findings={preRead.quality} />}
      <Suspense fallback={loading}>
        <div className="ecg-panel-viewer">
          <EcgViewer
            {...view}
            ecgId={ecgId}
            document={document}
            theme={theme}
            renderTools={renderTools}
            loadPrinted={loadPrinted}
            {...(header === undefined ? {} : { header })}
            {...(compact === undefined ? {} : { compact })}
          />
        </div>
        <div className="ecg-panel-measurements">
          {preRead && <PreRead preRead={preRead} theme={theme} />}
          <EcgMeasurements document={document} preRead={preRead} theme={theme} />
        </div>
      </Suspense>
    </div>
  );
}
