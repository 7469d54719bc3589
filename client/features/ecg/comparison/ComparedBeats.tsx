import { useLayoutEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { PreReadBeat } from '../../../../shared/ecg/pre-read.ts';
import { standardLeads } from '../../../../shared/ecg/waveform.ts';
import type { EcgDocument } from '../../../../shared/ecg/waveform.ts';
import { beatSheet, drawBeats, extremesOf } from '../viewer/beat-drawing.ts';
import { paperInk } from '../viewer/paper-drawing.ts';
import { useOwnPreRead } from '../viewer/use-own-pre-read.ts';

interface ComparedBeatsProps {
  titles: { earlier: string; current: string };
  earlier: EcgDocument['groups'];
  current: EcgDocument['groups'];
  theme: 'light' | 'dark';
}

/** Told apart without colour as well: this one is thin and solid, the other broken and blue. */
const otherColor = '#0a4f9e';
const otherDash = [6, 3] as const;
const speedMmPerSecond = 50;
const gainMmPerMillivolt = 10;
const pixelsPerMm = 96 / 25.4;

/** The averaged beats of two recordings over each other, lead by lead, their R waves aligned. */
export function ComparedBeats({ titles, earlier, current, theme }: ComparedBeatsProps) {
  const { t } = useTranslation();
  const before = useOwnPreRead(earlier);
  const now = useOwnPreRead(current);
  if (before === null || now === null) return <p role="status">{t('ecg.compare.averaging')}</p>;
  if (before.beat === null || now.beat === null) return <p role="status">{t('ecg.compare.noBeat')}</p>;
  return (
    <div className="ecg-comparison__beats">
      <p className="ecg-comparison__legend">
        <Key color={paperInk[theme].trace} text={titles.current} />
        <Key color={otherColor} dash={otherDash} text={titles.earlier} />
        <span>{`${speedMmPerSecond} mm/s  ${gainMmPerMillivolt} mm/mV`}</span>
      </p>
      <Leads before={before.beat} now={now.beat} theme={theme} />
    </div>
  );
}

function Key({ color, dash, text }: { color: string; dash?: readonly number[]; text: string }) {
  return (
    <span>
      <svg width="44" height="12" aria-hidden="true">
        <rect width="44" height="12" fill="#fffcf3" />
        <path d="M2 6h40" stroke={color} strokeWidth="2" {...(dash ? { strokeDasharray: dash.join(' ') } : {})} />
      </svg>{' '}
      {text}
    </span>
  );
}

function Leads({ before, now, theme }: { before: PreReadBeat; now: PreReadBeat; theme: 'light' | 'dark' }) {
  const names = useMemo(() => {
    const both = now.leads.map(({ name }) => name).filter((name) => before.leads.some((lead) => lead.name === name));
    const standard: readonly string[] = standardLeads;
    return [...standard.filter((name) => both.includes(name)), ...both.filter((name) => !standard.includes(name))];
  }, [before, now]);
  return (
    <div className="ecg-comparison__leads">
      {names.map((name) => (
        <Lead key={name} name={name} before={before} now={now} theme={theme} />
      ))}
    </div>
  );
}

function Lead({
  name,
  before,
  now,
  theme,
}: {
  name: string;
  before: PreReadBeat;
  now: PreReadBeat;
  theme: 'light' | 'dark';
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const samplesOf = (beat: PreReadBeat) => beat.leads.find((lead) => lead.name === name)?.samples ?? [];
  const [earlier, current] = [samplesOf(before), samplesOf(now)];
  const sheet = useMemo(() => {
    const { low, high } = extremesOf([earlier, current]);
    return beatSheet(current.length / now.sampleRateHz, low, high, speedMmPerSecond, gainMmPerMillivolt);
  }, [earlier, current, now.sampleRateHz]);
  useLayoutEffect(() => {
    if (!canvas.current) return;
    // Averaged beats begin the same time before their R waves, so that equal starts align these.
    const base = { startSeconds: 0, sampleRateHz: now.sampleRateHz };
    drawBeats(
      canvas.current,
      sheet,
      [
        { ...base, samples: earlier, color: otherColor, lineWidth: 1.6, dash: otherDash },
        { ...base, samples: current, color: paperInk[theme].trace, lineWidth: 1.3 },
      ],
      pixelsPerMm,
      theme,
    );
  }, [earlier, current, sheet, now.sampleRateHz, theme]);
  const size = { width: sheet.widthMm * pixelsPerMm, height: sheet.heightMm * pixelsPerMm };
  return (
    <figure data-compared-lead={name}>
      <figcaption>{name}</figcaption>
      <canvas ref={canvas} style={size} role="img" aria-label={name} />
    </figure>
  );
}
