/**
 * How the beats of a synthetic ECG look: for each recorded lead the P wave, the deflections of the QRS complex, the ST
 * level at the J point and the T wave. Amplitudes are microvolts, written down after the usual pictures of textbooks
 * (Surawicz and Knilans, Chou's Electrocardiography in Clinical Practice); nothing comes from a person.
 */
export const recordedLeads = ['I', 'II', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6', 'V3R', 'V4R', 'V7', 'V8', 'V9'] as const;
export type RecordedLead = (typeof recordedLeads)[number];

/** One deflection of the QRS complex: microvolts, and where it begins, peaks and ends as shares of the QRS duration. */
export type Deflection = readonly [amplitude: number, from: number, peak: number, to: number];

export interface LeadWaves {
  p: number;
  qrs: readonly Deflection[];
  /** Level at the J point, kept until the T wave's top. */
  st: number;
  t: number;
  /** A second half of the T wave of the other sign (Wellens' biphasic T), microvolts. */
  lateT?: number;
}
export type Morphology = Record<RecordedLead, LeadWaves>;

export const syntheticMorphologies = [
  'normal',
  'left-bundle-branch-block',
  'right-bundle-branch-block',
  'inferior-stemi',
  'anterior-stemi',
  'lateral-stemi',
  'posterior-stemi',
  'right-ventricular-stemi',
  'left-ventricular-hypertrophy',
  'hyperkalaemia',
  'low-voltage',
  'de-winter',
  'diffuse-depression',
  'wellens',
  'hyperacute-t',
] as const;
export type SyntheticMorphology = (typeof syntheticMorphologies)[number];

const narrow = (q: number, r: number, s: number): Deflection[] => [
  [q, 0, 0.12, 0.24],
  [r, 0.2, 0.45, 0.7],
  [s, 0.62, 0.8, 1],
];
const lead = (p: number, q: number, r: number, s: number, t: number, st = 0): LeadWaves => ({
  p,
  qrs: narrow(q, r, s),
  st,
  t,
});

const normal: Morphology = {
  I: lead(80, -40, 700, -120, 220),
  II: lead(130, -60, 1200, -150, 320),
  V1: lead(50, 0, 220, -1000, -60),
  V2: lead(60, 0, 450, -1350, 480),
  V3: lead(60, 0, 800, -900, 520),
  V4: lead(60, -40, 1300, -480, 460),
  V5: lead(60, -60, 1350, -200, 380),
  V6: lead(60, -70, 1050, -80, 300),
  V3R: lead(40, 0, 150, -600, -50),
  V4R: lead(35, 0, 110, -420, -40),
  V7: lead(50, -60, 750, -60, 220),
  V8: lead(45, -50, 550, -50, 170),
  V9: lead(40, -40, 400, -40, 130),
};

/** Changes named leads of the normal beat: ST and T in microvolts, QRS where given. */
function altered(changes: Partial<Record<RecordedLead, Partial<LeadWaves>>>): Morphology {
  const result = { ...normal };
  for (const name of recordedLeads) result[name] = { ...normal[name], ...changes[name] };
  return result;
}

function scaled(limb: number, chest: number): Morphology {
  const result = { ...normal };
  for (const name of recordedLeads) {
    const factor = name === 'I' || name === 'II' ? limb : chest;
    const { p, qrs, t } = normal[name];
    result[name] = { p, st: 0, t: t * factor, qrs: qrs.map(([a, ...rest]): Deflection => [a * factor, ...rest]) };
  }
  return result;
}

/** Broad, without Q in the left leads, notched; ST and T against the complex. */
const broadLeft = (amplitude: number, discordance = 0.1): Partial<LeadWaves> => ({
  qrs: [
    [amplitude, 0, 0.36, 0.72],
    [0.92 * amplitude, 0.3, 0.68, 1],
  ],
  st: -discordance * amplitude,
  t: -0.3 * amplitude,
});
const broadRight = (amplitude: number): Partial<LeadWaves> => ({
  qrs: [
    [0.06 * -amplitude, 0, 0.08, 0.16],
    [amplitude, 0.1, 0.5, 1],
  ],
  st: -0.1 * amplitude,
  t: -0.28 * amplitude,
});
const leftBundle = altered({
  I: broadLeft(800),
  II: broadLeft(600),
  V1: broadRight(-1500),
  V2: broadRight(-1900),
  V3: broadRight(-1500),
  V4: broadRight(-500),
  V5: broadLeft(900),
  V6: broadLeft(1000),
  V3R: broadRight(-900),
  V4R: broadRight(-600),
  V7: broadLeft(800),
  V8: broadLeft(600),
  V9: broadLeft(450),
});

/** A narrow start, then the right ventricle late: R' in V1, a broad S in the left leads. */
const lateRight = (r: number, s: number, late: number, t: number, q = 0): Partial<LeadWaves> => ({
  qrs: [
    [q, 0, 0.07, 0.14],
    [r, 0.08, 0.25, 0.42],
    [s, 0.38, 0.48, 0.6],
    [late, 0.52, 0.75, 1],
  ],
  t,
});
const rightBundle = altered({
  I: lateRight(700, 0, -350, 220, -40),
  II: lateRight(1000, 0, -250, 300, -50),
  V1: lateRight(250, -350, 900, -250),
  V2: lateRight(400, -700, 650, -200),
  V3: lateRight(700, -600, 100, 250),
  V4: lateRight(1200, -150, -300, 380, -30),
  V5: lateRight(1250, 0, -350, 350, -50),
  V6: lateRight(1000, 0, -380, 300, -60),
  V3R: lateRight(180, -200, 600, -150),
  V4R: lateRight(120, -100, 450, -120),
  V7: lateRight(750, 0, -300, 220, -50),
  V8: lateRight(550, 0, -230, 170, -40),
  V9: lateRight(400, 0, -180, 130, -30),
});

const inferior: Partial<Record<RecordedLead, Partial<LeadWaves>>> = {
  I: { st: -100, t: 120 },
  II: { qrs: narrow(-150, 950, -40), st: 200, t: 380 },
  V1: { st: -40 },
  V2: { st: -40, t: 380 },
  V6: { st: 40 },
};

const morphologies: Record<SyntheticMorphology, Morphology> = {
  normal,
  'left-bundle-branch-block': leftBundle,
  'right-bundle-branch-block': rightBundle,
  'inferior-stemi': altered(inferior),
  'anterior-stemi': altered({
    I: { st: 50 },
    II: { st: -30 },
    V1: { st: 120 },
    V2: { qrs: narrow(-100, 250, -1100), st: 350, t: 650 },
    V3: { qrs: narrow(-150, 400, -700), st: 400, t: 700 },
    V4: { qrs: narrow(-150, 800, -300), st: 300, t: 600 },
    V5: { st: 120, t: 450 },
  }),
  'lateral-stemi': altered({
    I: { st: 190, t: 300 },
    II: { st: 20 },
    V2: { st: -60 },
    V5: { st: 190, t: 450 },
    V6: { st: 180, t: 400 },
    V7: { st: 120 },
  }),
  'posterior-stemi': altered({
    I: { st: 0 },
    V1: { qrs: narrow(0, 500, -600), st: -120, t: 250 },
    V2: { qrs: narrow(0, 1100, -800), st: -200, t: 600 },
    V3: { qrs: narrow(0, 1200, -600), st: -180, t: 600 },
    V4: { st: -60 },
    V7: { st: 110, t: 250 },
    V8: { st: 120, t: 220 },
    V9: { st: 100, t: 180 },
  }),
  'right-ventricular-stemi': altered({
    ...inferior,
    II: { qrs: narrow(-150, 950, -40), st: 160, t: 380 },
    I: { st: -160, t: 100 },
    V1: { st: 90 },
    V3R: { st: 110, t: 120 },
    V4R: { st: 150, t: 140 },
  }),
  'left-ventricular-hypertrophy': altered({
    I: { qrs: narrow(-60, 1700, -60), st: -60, t: -180 },
    II: { qrs: narrow(-40, 900, -100), st: -20, t: 80 },
    V1: { qrs: narrow(0, 120, -2000), st: 140, t: 250 },
    V2: { qrs: narrow(0, 250, -2900), st: 260, t: 550 },
    V3: { qrs: narrow(0, 500, -2400), st: 230, t: 500 },
    V5: { qrs: narrow(-80, 2600, -100), st: -130, t: -300 },
    V6: { qrs: narrow(-80, 2300, -60), st: -140, t: -300 },
  }),
  hyperkalaemia: altered({
    II: { t: 900, p: 60 },
    I: { t: 400, p: 40 },
    V1: { t: 250 },
    V2: { t: 1500 },
    V3: { t: 1700 },
    V4: { t: 1500 },
    V5: { t: 1100 },
    V6: { t: 700 },
  }),
  'low-voltage': scaled(0.3, 0.45),
  'de-winter': altered({
    I: { st: -60 },
    II: { st: -100 },
    V1: { st: 20, t: 150 },
    V2: { st: -160, t: 1000 },
    V3: { st: -250, t: 1250 },
    V4: { st: -230, t: 1150 },
    V5: { st: -150, t: 800 },
  }),
  'diffuse-depression': altered({
    I: { st: -130, t: 60 },
    II: { st: -170, t: 80 },
    V1: { st: 100, t: -100 },
    V2: { st: -20 },
    V3: { st: -130, t: 150 },
    V4: { st: -220, t: 60 },
    V5: { st: -220, t: 40 },
    V6: { st: -180, t: 40 },
  }),
  wellens: altered({ V2: { t: 200, lateT: -350 }, V3: { t: 200, lateT: -450 }, V4: { t: -450 } }),
  'hyperacute-t': altered({
    V1: { t: 300 },
    V2: { qrs: narrow(0, 350, -800), t: 1500, st: 100 },
    V3: { qrs: narrow(0, 600, -600), t: 1700, st: 100 },
    V4: { qrs: narrow(-40, 900, -300), t: 1500, st: 60 },
    V5: { t: 900 },
  }),
};

export const morphologyNamed = (name: SyntheticMorphology): Morphology => morphologies[name];

/** A beat from the right ventricle's outflow: broad, upright in II and V6, down in V1, its T wave turned. */
export const ventricularBeat: Morphology = altered({
  I: { ...broadRight(300), p: 0 },
  II: { ...broadRight(1500), p: 0 },
  V1: { ...broadRight(-1300), p: 0 },
  V2: { ...broadRight(-1700), p: 0 },
  V3: { ...broadRight(-900), p: 0 },
  V4: { ...broadRight(900), p: 0 },
  V5: { ...broadRight(1500), p: 0 },
  V6: { ...broadRight(1300), p: 0 },
  V3R: { ...broadRight(-900), p: 0 },
  V4R: { ...broadRight(-700), p: 0 },
  V7: { ...broadRight(900), p: 0 },
  V8: { ...broadRight(700), p: 0 },
  V9: { ...broadRight(500), p: 0 },
});

/**
 * One person's variant of a morphology: every lead's QRS, T and P are larger or smaller by chance, the ST level stays.
 * @param spread standard deviation of the factors (0.15: ordinary difference between persons).
 */
export function individualVariant(morphology: Morphology, spread: number, gaussian: () => number): Morphology {
  const result = { ...morphology };
  const factor = (): number => Math.exp(spread * Math.max(-2, Math.min(2, gaussian())));
  for (const name of recordedLeads) {
    const waves = morphology[name];
    const qrsFactor = factor();
    const tFactor = factor();
    result[name] = {
      p: waves.p * factor(),
      qrs: waves.qrs.map(([amplitude, ...rest]): Deflection => [amplitude * qrsFactor, ...rest]),
      st: waves.st,
      t: waves.t * tFactor,
      ...(waves.lateT === undefined ? {} : { lateT: waves.lateT * tFactor }),
    };
  }
  return result;
}
