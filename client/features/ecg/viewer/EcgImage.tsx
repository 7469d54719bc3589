import { useQuery } from '@tanstack/react-query';
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EcgView } from '../../../../shared/contracts/ecg.ts';
import type { EcgImageViewState, ViewPointer } from '../../../../shared/contracts/viewing.ts';
import type { Refusal } from '../../../connection/refusal.ts';
import { useWiring } from '../../../connection/wiring.tsx';
import { LoadFailed } from '../../../ui/LoadFailed.tsx';
import { FileWarnings } from '../FileWarnings.tsx';
import { EcgImageBar } from './EcgImageBar.tsx';
import { EcgImageSheet } from './EcgImageSheet.tsx';
import { ReadingControls } from './ReadingControls.tsx';
import { pointersOnImage, type RemotePointer } from './RemotePointers.tsx';
import { useSharedPointer } from './use-shared-pointer.ts';
import { useViewScale } from './use-view-scale.ts';
import './ecg-image.css';

const speeds = [12.5, 25, 50] as const;
const zooms = [0.5, 0.75, 1, 1.5, 2, 3];
const everydayWidthMm = 280;
const mostCalipers = 12;

/**
 * An ECG that came on paper, in true millimetres of its own grid. There is no waveform: times and voltages are read off
 * the paper by the speed and gain that the reader says it was written with. Root attributes for tests: data-ecg-id,
 * data-px-per-mm, data-following.
 */
export function EcgImage(props: {
  ecg: EcgView;
  theme: 'light' | 'dark';
  header?: ReactNode;
  state: EcgImageViewState;
  onStateChange: (state: EcgImageViewState) => void;
  /** False for a follower, who sees what the leader does. */
  canLead: boolean;
  remotePointers: readonly RemotePointer[];
  onPointerMove: (pointer: ViewPointer) => void;
}) {
  const { ecg, theme, header, state, canLead } = props;
  const { page: number, zoom, isTurned, center, calipers } = state;
  const { t } = useTranslation();
  const { http } = useWiring();
  const viewport = useRef<HTMLDivElement>(null);
  const [hasTool, setHasTool] = useState(() => !window.matchMedia?.('(pointer: coarse)').matches);
  const tellPointer = useSharedPointer(props.onPointerMove);
  const pages = ecg.image?.pages ?? [];
  const page = pages[number - 1];
  const picture = useQuery<Blob, Refusal>({
    queryKey: ['ecg-image', ecg.id, number],
    queryFn: async ({ signal }) => (await http.fetch(`/api/ecgs/${ecg.id}/image?page=${number}`, { signal })).blob(),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const widthMm = page ? page.widthPx / page.pxPerMm : 1;
  const heightMm = page ? page.heightPx / page.pxPerMm : 1;
  const scale = useViewScale(viewport, widthMm, everydayWidthMm);
  const pixelsPerMm = scale.pixelsPerMm * zoom;

  // The same place stays in the middle: of a follower the leader's, of whoever leads their own, whatever the size.
  const place = useRef(center);
  useLayoutEffect(() => {
    place.current = center;
  });
  const [followedX, followedY] = canLead ? [] : [center?.xMm, center?.yMm];
  useLayoutEffect(() => {
    const view = viewport.current;
    if (view === null || place.current === null) return;
    view.scrollLeft = place.current.xMm * pixelsPerMm - view.clientWidth / 2;
    view.scrollTop = place.current.yMm * pixelsPerMm - view.clientHeight / 2;
  }, [pixelsPerMm, followedX, followedY, page]);

  if (page === undefined) return null;
  if (picture.error && !picture.data)
    return <LoadFailed error={picture.error} onRetry={() => void picture.refetch()} />;

  const change = (next: Partial<EcgImageViewState>) => {
    if (canLead) props.onStateChange({ ...state, ...next });
  };
  const step = (by: number) =>
    change({ zoom: zooms[Math.max(0, Math.min(zooms.length - 1, zooms.indexOf(zoom) + by))] ?? 1 });
  const turn = () => change({ isTurned: !isTurned, calipers: [], center: null });
  const toPage = (next: number) => {
    if (next >= 1 && next <= pages.length && next !== number) change({ page: next, calipers: [], center: null });
  };
  const faster = (by: number) =>
    change({ speedMmPerSecond: speeds[speeds.indexOf(state.speedMmPerSecond) + by] ?? state.speedMmPerSecond });
  const keys: Record<string, () => void> = {
    '+': () => step(1),
    '=': () => step(1),
    '-': () => step(-1),
    '0': () => change({ zoom: 1 }),
    '[': () => faster(-1),
    ']': () => faster(1),
    c: () => setHasTool((on) => !on),
    t: turn,
    delete: () => change({ calipers: calipers.slice(0, -1) }),
    backspace: () => change({ calipers: calipers.slice(0, -1) }),
    pageup: () => toPage(number - 1),
    pagedown: () => toPage(number + 1),
  };
  // The viewer's keys for a trace, as far as paper has them; fields and buttons keep theirs.
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.target as HTMLElement).closest('input:not([type=radio]), textarea')) return;
    const act = keys[event.key.toLowerCase()];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const onScroll = () => {
    const view = viewport.current;
    if (view === null || !canLead || picture.data === undefined) return;
    const middle = (from: number, length: number) => Math.round(((from + length / 2) / pixelsPerMm) * 10) / 10;
    const xMm = middle(view.scrollLeft, view.clientWidth);
    const yMm = middle(view.scrollTop, view.clientHeight);
    if (xMm !== center?.xMm || yMm !== center.yMm) change({ center: { xMm, yMm } });
  };
  return (
    <section
      className={`ecg-image ecg-image--${theme}`}
      onKeyDown={onKeyDown}
      aria-label={t('ecg.image.label')}
      data-testid="ecg-image"
      data-ecg-id={ecg.id}
      data-px-per-mm={pixelsPerMm}
      data-following={!canLead}
    >
      {header !== undefined && <div>{header}</div>}
      <ReadingControls theme={theme}>
        <EcgImageBar
          state={state}
          canLead={canLead}
          hasTool={hasTool}
          pageCount={pages.length}
          canShrink={zoom !== zooms[0]}
          canGrow={zoom !== zooms.at(-1)}
          isTrueSize={scale.mode === 'true-size'}
          onChange={change}
          onTool={() => setHasTool((on) => !on)}
          onStep={step}
          onSize={() => {
            change({ zoom: 1 });
            scale.setMode(scale.mode === 'true-size' ? 'fit-width' : 'true-size');
          }}
          onTurn={turn}
          onPage={toPage}
        />
      </ReadingControls>
      <div ref={viewport} className="ecg-image-viewport" tabIndex={0} onScroll={onScroll}>
        <EcgImageSheet
          picture={picture.data}
          widthMm={widthMm}
          heightMm={heightMm}
          pixelsPerMm={pixelsPerMm}
          state={state}
          measures={hasTool && canLead}
          pointers={pointersOnImage(ecg.id, number, props.remotePointers)}
          onMeasured={(caliper) => change({ calipers: [...calipers.slice(1 - mostCalipers), caliper] })}
          onPoint={(point) =>
            tellPointer(
              point === null
                ? { kind: 'none' }
                : { kind: 'ecg-image', ecgId: ecg.id, page: number, xMm: tenth(point.xMm), yMm: tenth(point.yMm) },
            )
          }
        />
      </div>
      <p className="ecg-image-foot figure">
        {t('ecg.image.foot', {
          percent: Math.round((pixelsPerMm / scale.screen.pixelsPerMm) * 100),
          residual: page.residualMm.toFixed(2),
        })}
        {!scale.screen.isCalibrated && ` ${t('ecg.image.uncalibrated')}`}
      </p>
      {ecg.warnings.length > 0 && <FileWarnings warnings={ecg.warnings} />}
    </section>
  );
}

/** Finer is only length on the wire. */
const tenth = (mm: number) => Math.round(mm * 10) / 10;
