/** When the chambers of a synthetic heart beat: the plan from which an ECG is drawn, and its truth at once. */

const { max, min, sin, PI } = Math;

export const syntheticRhythms = [
  'sinus',
  'sinus-pause',
  'first-degree-av-block',
  'second-degree-av-block-type-1',
  'second-degree-av-block-type-2',
  'two-to-one-av-block',
  'third-degree-av-block',
  'atrial-fibrillation',
  'pre-excited-atrial-fibrillation',
  'premature-ventricular',
  'premature-atrial',
  'wide-complex-tachycardia',
  'supraventricular-tachycardia',
  'ventricular-fibrillation',
  'asystole',
] as const;
export type SyntheticRhythmName = (typeof syntheticRhythms)[number];

export type SyntheticBeatKind = 'conducted' | 'premature-atrial' | 'premature-ventricular' | 'ventricular' | 'escape';

export interface PlannedBeat {
  kind: SyntheticBeatKind;
  /** QRS onset in seconds after the recording's start. */
  onset: number;
  /** Onset of the P wave that was conducted to this beat; null where none was. */
  pOnset: number | null;
}

export interface RhythmPlan {
  beats: PlannedBeat[];
  /** Onsets of all P waves, conducted or not. */
  pOnsets: number[];
  /** Peak amplitude of fibrillation waves, as a share of the P wave's amplitudes; 0 in all other rhythms. */
  fibrillationWaves: number;
}

export interface PlanOptions {
  rhythm: SyntheticRhythmName;
  durationSeconds: number;
  /** Of the ventricles; in AV block of the second and third degree that of the atria. */
  ratePerMinute: number;
  /** Standard deviation of RR as a share of its mean, where the rhythm is regular. */
  rrVariation: number;
  prSeconds: number;
  /** Length of the pause (sinus-pause), seconds. */
  pauseSeconds: number;
  /** Ventricular rate of the escape rhythm in third-degree block. */
  escapePerMinute: number;
  /** Every so many beats a premature one. */
  prematureEvery: number;
}

/** Moments one interval apart, varying with the breath and by chance, from two intervals before the start on. */
function pacing(interval: number, variation: number, duration: number, gaussian: () => number): number[] {
  const moments: number[] = [];
  for (let time = 0.35 * interval - 2 * interval; time < duration + 2 * interval;) {
    moments.push(time);
    const breath = sin(2 * PI * 0.25 * time) * Math.SQRT2;
    time += interval * (1 + variation * (0.5 * breath + 0.866 * max(-2, min(2, gaussian()))));
  }
  return moments;
}

/** @param uniform and gaussian: seeded sources; the same seeds give the same plan. */
export function planRhythm(options: PlanOptions, uniform: () => number, gaussian: () => number): RhythmPlan {
  const { rhythm, durationSeconds, rrVariation, prSeconds } = options;
  const interval = 60 / options.ratePerMinute;
  const conducted = (pOnset: number, pr = prSeconds): PlannedBeat => ({
    kind: 'conducted',
    onset: pOnset + pr,
    pOnset,
  });
  const sinus = pacing(interval, rrVariation, durationSeconds, gaussian).map((time) => time - prSeconds);
  const plan = (beats: PlannedBeat[], pOnsets?: number[]): RhythmPlan => ({
    beats,
    pOnsets: pOnsets ?? beats.flatMap(({ pOnset }) => (pOnset === null ? [] : [pOnset])),
    fibrillationWaves: 0,
  });

  switch (rhythm) {
    case 'sinus':
    case 'first-degree-av-block':
      return plan(sinus.map((time) => conducted(time)));
    case 'sinus-pause': {
      // One pause in the middle, the beats after it shifted.
      const middle = sinus.findIndex((time) => time > 0.4 * durationSeconds);
      const shift = max(0, options.pauseSeconds - interval);
      return plan(sinus.map((time, i) => conducted(i > middle ? time + shift : time)));
    }
    case 'second-degree-av-block-type-1': {
      // Wenckebach 4:3: PR grows by less each time, then one P wave is not conducted.
      const steps = [0, 0.08, 0.12];
      return plan(
        sinus.flatMap((time, i) => (i % 4 === 3 ? [] : [conducted(time, prSeconds + (steps[i % 4] ?? 0))])),
        sinus,
      );
    }
    case 'second-degree-av-block-type-2':
      return plan(
        sinus.flatMap((time, i) => (i % 4 === 3 ? [] : [conducted(time)])),
        sinus,
      );
    case 'two-to-one-av-block':
      return plan(
        sinus.flatMap((time, i) => (i % 2 === 1 ? [] : [conducted(time)])),
        sinus,
      );
    case 'third-degree-av-block': {
      const escape = pacing(60 / options.escapePerMinute, 0.005, durationSeconds, gaussian);
      return plan(
        escape.map((onset) => ({ kind: 'escape', onset, pOnset: null })),
        sinus,
      );
    }
    case 'atrial-fibrillation':
    case 'pre-excited-atrial-fibrillation': {
      const fast = rhythm === 'pre-excited-atrial-fibrillation';
      const beats: PlannedBeat[] = [];
      const shortest = fast ? 0.21 : max(0.33, 0.55 * interval);
      for (let onset = 0.35 * interval - 2 * interval; onset < durationSeconds + 2 * interval;) {
        beats.push({ kind: fast ? 'ventricular' : 'conducted', onset, pOnset: null });
        // Most intervals short, some long: exponential above the refractory period, as in conducted fibrillation.
        onset += shortest + min(2.5, -Math.log(1 - uniform())) * max(0.02, interval - shortest);
      }
      return { beats, pOnsets: [], fibrillationWaves: 0.45 };
    }
    case 'premature-ventricular':
    case 'premature-atrial': {
      const atrial = rhythm === 'premature-atrial';
      const beats: PlannedBeat[] = [];
      sinus.forEach((time, i) => {
        const premature = i % options.prematureEvery === options.prematureEvery - 1;
        if (!premature) beats.push(conducted(time));
        else if (atrial) {
          const pOnset = time - 0.33 * interval;
          beats.push({ ...conducted(pOnset), kind: 'premature-atrial' });
        } else {
          // The sinus P wave goes on in its time and falls into the premature beat's T wave.
          beats.push({ kind: 'premature-ventricular', onset: time + prSeconds - 0.38 * interval, pOnset: null });
        }
      });
      return plan(beats);
    }
    case 'wide-complex-tachycardia':
      return plan(sinus.map((time) => ({ kind: 'ventricular', onset: time + prSeconds, pOnset: null })));
    case 'supraventricular-tachycardia':
      return plan(sinus.map((time) => ({ kind: 'conducted', onset: time + prSeconds, pOnset: null })));
    case 'ventricular-fibrillation':
    case 'asystole':
      return plan([]);
  }
}
