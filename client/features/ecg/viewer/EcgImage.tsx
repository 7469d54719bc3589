import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { EcgView } from '../../../../shared/contracts/ecg.ts';
import type { Refusal } from '../../../connection/refusal.ts';
import { useWiring } from '../../../connection/wiring.tsx';
import { BlobImage } from '../../../ui/BlobImage.tsx';
import { LoadFailed } from '../../../ui/LoadFailed.tsx';
import { FileWarnings } from '../FileWarnings.tsx';
import { ReadingControls } from './ReadingControls.tsx';
import { useViewScale } from './use-view-scale.ts';
import './ecg-image.css';

/** Two opposite corners in millimetres of the straightened paper. */
interface PaperCaliper {
  fromX: number;
  fromY: number;
  toX: number;
  toY: number;
}

const speeds = [12.5, 25, 50];
const zooms = [0.5, 0.75, 1, 1.5, 2, 3];
const everydayWidthMm = 280;

/**
 * An ECG that came on paper, in true millimetres of its own grid. There is no waveform: times and voltages are read off
 * the paper by the speed and gain that the reader says it was written with. Root attributes for tests: data-ecg-id,
 * data-px-per-mm.
 */
export function EcgImage({ ecg, theme, header }: { ecg: EcgView; theme: 'light' | 'dark'; header?: ReactNode }) {
  const { t } = useTranslation();
  const { http } = useWiring();
  const viewport = useRef<HTMLDivElement>(null);
  const [number, setNumber] = useState(1);
  const [speed, setSpeed] = useState(25);
  const [gain, setGain] = useState(10);
  const [zoom, setZoom] = useState(1);
  const [isTurned, setIsTurned] = useState(false);
  const [calipers, setCalipers] = useState<readonly PaperCaliper[]>([]);
  const [drawn, setDrawn] = useState<PaperCaliper | null>(null);
  const [hasTool, setHasTool] = useState(() => !window.matchMedia?.('(pointer: coarse)').matches);
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
  if (page === undefined) return null;
  if (picture.error && !picture.data)
    return <LoadFailed error={picture.error} onRetry={() => void picture.refetch()} />;

  const placeOf = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = (event.clientX - box.left) / pixelsPerMm;
    const y = (event.clientY - box.top) / pixelsPerMm;
    return { x: Math.max(0, Math.min(widthMm, x)), y: Math.max(0, Math.min(heightMm, y)) };
  };
  const finish = () => {
    if (drawn && Math.hypot(drawn.toX - drawn.fromX, drawn.toY - drawn.fromY) > 1)
      setCalipers((all) => [...all.slice(-11), drawn]);
    setDrawn(null);
  };
  const words = (caliper: PaperCaliper) => {
    const ms = (Math.abs(caliper.toX - caliper.fromX) / speed) * 1000;
    const millivolts = Math.abs(caliper.toY - caliper.fromY) / gain;
    return t('ecg.image.measured', {
      ms: Math.round(ms),
      mv: millivolts.toFixed(2),
      rate: ms > 150 ? Math.round(60_000 / ms) : '–',
    });
  };
  const step = (by: number) =>
    setZoom((now) => zooms[Math.max(0, Math.min(zooms.length - 1, zooms.indexOf(now) + by))] ?? 1);
  const turn = () => {
    setIsTurned((on) => !on);
    setCalipers([]);
  };
  const toPage = (next: number) => {
    if (next < 1 || next > pages.length || next === number) return;
    setNumber(next);
    setCalipers([]);
  };
  const of = (values: readonly number[], value: number, by: number) => values[values.indexOf(value) + by] ?? value;
  const keys: Record<string, () => void> = {
    '+': () => step(1),
    '=': () => step(1),
    '-': () => step(-1),
    '0': () => setZoom(1),
    '[': () => setSpeed(of(speeds, speed, -1)),
    ']': () => setSpeed(of(speeds, speed, 1)),
    c: () => setHasTool((on) => !on),
    t: turn,
    delete: () => setCalipers((all) => all.slice(0, -1)),
    backspace: () => setCalipers((all) => all.slice(0, -1)),
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
  return (
    <section
      className={`ecg-image ecg-image--${theme}`}
      onKeyDown={onKeyDown}
      aria-label={t('ecg.image.label')}
      data-testid="ecg-image"
      data-ecg-id={ecg.id}
      data-px-per-mm={pixelsPerMm}
    >
      {header !== undefined && <div>{header}</div>}
      <ReadingControls theme={theme}>
        <div className="ecg-image-bar">
          <strong className="ecg-image-mark">{t('ecg.image.mark')}</strong>
          <Segmented
            aria-label={t('ecg.image.speed')}
            value={speed}
            onChange={setSpeed}
            options={speeds.map((value) => ({ value, label: `${value} mm/s` }))}
          />
          <Segmented
            aria-label={t('ecg.image.gain')}
            value={gain}
            onChange={setGain}
            options={[5, 10, 20].map((value) => ({ value, label: `${value} mm/mV` }))}
          />
          <Button aria-pressed={hasTool} type={hasTool ? 'primary' : 'default'} onClick={() => setHasTool((on) => !on)}>
            {t('ecg.image.caliper')}
          </Button>
          {calipers.length > 0 && <Button onClick={() => setCalipers([])}>{t('ecg.image.clear')}</Button>}
          <Button title="-" aria-label={t('ecg.image.smaller')} disabled={zoom === zooms[0]} onClick={() => step(-1)}>
            −
          </Button>
          <Button title="+" aria-label={t('ecg.image.larger')} disabled={zoom === zooms.at(-1)} onClick={() => step(1)}>
            +
          </Button>
          <Button
            onClick={() => {
              setZoom(1);
              scale.setMode(scale.mode === 'true-size' ? 'fit-width' : 'true-size');
            }}
          >
            {t(scale.mode === 'true-size' ? 'ecg.image.fit' : 'ecg.image.trueSize')}
          </Button>
          <Button aria-pressed={isTurned} title="T" onClick={turn}>
            {t('ecg.image.turn')}
          </Button>
          {pages.length > 1 && (
            <Segmented
              aria-label={t('ecg.image.page')}
              value={number}
              onChange={toPage}
              options={pages.map((_, at) => ({ value: at + 1, label: String(at + 1) }))}
            />
          )}
        </div>
      </ReadingControls>
      <div ref={viewport} className="ecg-image-viewport" tabIndex={0}>
        <div className="ecg-image-sheet" style={{ width: widthMm * pixelsPerMm, height: heightMm * pixelsPerMm }}>
          {picture.data === undefined ? (
            <div className="ecg-image-loading" role="status">
              <div className="spinner" />
              {t('ecg.loading')}
            </div>
          ) : (
            <BlobImage blob={picture.data} alt={t('ecg.image.label')} className={isTurned ? 'is-turned' : ''} />
          )}
          <svg
            width={widthMm * pixelsPerMm}
            height={heightMm * pixelsPerMm}
            data-measuring={hasTool}
            onPointerDown={(event) => {
              if (!hasTool || event.button !== 0) return;
              event.preventDefault();
              event.currentTarget.setPointerCapture(event.pointerId);
              const { x, y } = placeOf(event);
              setDrawn({ fromX: x, fromY: y, toX: x, toY: y });
            }}
            onPointerMove={(event) => {
              if (drawn === null) return;
              const { x, y } = placeOf(event);
              setDrawn({ ...drawn, toX: x, toY: y });
            }}
            onPointerUp={finish}
            onPointerCancel={() => setDrawn(null)}
          >
            {[...calipers, ...(drawn === null ? [] : [drawn])].map((caliper, at) => {
              const left = Math.min(caliper.fromX, caliper.toX) * pixelsPerMm;
              const top = Math.min(caliper.fromY, caliper.toY) * pixelsPerMm;
              const width = Math.abs(caliper.toX - caliper.fromX) * pixelsPerMm;
              const height = Math.abs(caliper.toY - caliper.fromY) * pixelsPerMm;
              return (
                <g key={at}>
                  <rect className="ecg-image-caliper" x={left} y={top} width={width} height={height} />
                  <text className="ecg-image-figure" x={left} y={top > 22 ? top - 6 : top + height + 18}>
                    {words(caliper)}
                  </text>
                </g>
              );
            })}
          </svg>
        </div>
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
