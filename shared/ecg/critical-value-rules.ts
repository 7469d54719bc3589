import { consensus2017, delivered, rhythmsWithoutSt } from './rule-citations.ts';
import type { ReadingRule } from './reading-rules.ts';

/**
 * Critical values that a single resting recording can show. Not among them, as nothing here measures them: T-wave
 * alternans, hypokalaemia, torsade apart from its QTc.
 */
export const criticalValueRules: ReadingRule[] = [
  {
    ...delivered,
    id: 'no-beats',
    kind: 'conditions',
    citation: consensus2017,
    danger: 1,
    rhythmAny: ['no-beats'],
  },
  {
    ...delivered,
    id: 'ventricular-fibrillation',
    kind: 'conditions',
    citation: `${consensus2017}: ventricular flutter or fibrillation`,
    danger: 1,
    rhythmAny: ['chaotic-ventricular'],
  },
  {
    ...delivered,
    id: 'ventricular-tachycardia-fast',
    kind: 'conditions',
    citation: `${consensus2017}: ventricular tachycardia of 150/min (30 s or unstable; a short recording cannot tell)`,
    danger: 1,
    rhythmAny: ['wide-complex-tachycardia'],
    values: [{ quantity: 'ventricular-rate', atLeast: 150 }],
  },
  {
    ...delivered,
    id: 'supraventricular-tachycardia-fast',
    kind: 'conditions',
    citation: `${consensus2017}: supraventricular tachycardia of 200/min`,
    danger: 1,
    values: [
      { quantity: 'ventricular-rate', atLeast: 200 },
      { quantity: 'qrs', below: 120 },
    ],
    // A newborn's sinus rhythm is as fast.
    ageFrom: 1,
  },
  {
    ...delivered,
    id: 'pre-excited-atrial-fibrillation',
    kind: 'conditions',
    citation: `${consensus2017}: atrial fibrillation with pre-excitation, shortest RR 250 ms`,
    danger: 1,
    rhythmAny: ['pre-excited-atrial-fibrillation'],
    values: [{ quantity: 'rr-shortest', atMost: 250 }],
  },
  {
    ...delivered,
    id: 'bradycardia-extreme',
    kind: 'conditions',
    citation: `${consensus2017}: bradycardia, high-grade or third-degree AV block, mean ventricular rate 35/min`,
    danger: 1,
    values: [{ quantity: 'ventricular-rate', atMost: 35 }],
  },
  {
    ...delivered,
    id: 'pause-5-s',
    kind: 'conditions',
    citation: `${consensus2017}: RR of 5.0 s without symptoms`,
    danger: 1,
    values: [{ quantity: 'longest-pause', atLeast: 5000 }],
  },
  {
    ...delivered,
    id: 'pause-3-s-symptoms',
    kind: 'conditions',
    citation: `${consensus2017}: RR of 3.0 s with symptoms`,
    danger: 1,
    symptomatic: true,
    values: [{ quantity: 'longest-pause', atLeast: 3000 }],
  },
  {
    ...delivered,
    id: 'pause-3-s',
    kind: 'conditions',
    citation: `${consensus2017}: RR of 3.0 s, symptoms unknown`,
    danger: 2,
    values: [{ quantity: 'longest-pause', atLeast: 3000 }],
  },
  {
    ...delivered,
    id: 'qtc-550',
    kind: 'conditions',
    citation: `${consensus2017}: QTc of 550 ms (Bazett up to 100/min)`,
    danger: 1,
    values: [
      { quantity: 'qtc-bazett', atLeast: 550 },
      { quantity: 'ventricular-rate', atMost: 100 },
    ],
    rhythmNone: ['chaotic-ventricular'],
  },
  {
    ...delivered,
    id: 'qtc-550-fast',
    kind: 'conditions',
    citation: `${consensus2017}: QTc of 550 ms (Fridericia above 100/min, where Bazett overcorrects)`,
    danger: 1,
    values: [
      { quantity: 'qtc-fridericia', atLeast: 550 },
      { quantity: 'ventricular-rate', above: 100 },
    ],
    rhythmNone: ['chaotic-ventricular', 'wide-complex-tachycardia'],
  },
  {
    ...delivered,
    id: 'r-on-t',
    kind: 'conditions',
    citation: `${consensus2017}: ventricular premature beats on the T wave`,
    danger: 1,
    rhythmAny: ['r-on-t'],
  },
  {
    ...delivered,
    id: 'hyperkalaemia-t',
    kind: 'conditions',
    citation: `${consensus2017}: signs of severe hyperkalaemia (here tall T waves on a narrow base)`,
    danger: 1,
    leads: [
      {
        leads: ['II', 'V2', 'V3', 'V4', 'V5'],
        count: 3,
        require: [
          { quantity: 't', atLeast: 850 },
          { quantity: 't-half-width', atMost: 85 },
        ],
      },
    ],
    rhythmNone: [...rhythmsWithoutSt],
  },
  {
    ...delivered,
    id: 'pulmonary-embolism-signs',
    kind: 'conditions',
    citation: `${consensus2017}: suspected pulmonary embolism (here S1Q3T3 with T inversion in V1-V3 and tachycardia)`,
    danger: 1,
    values: [{ quantity: 'ventricular-rate', above: 100 }],
    leads: [
      { leads: ['I'], count: 1, require: [{ quantity: 's', atMost: -150 }] },
      {
        leads: ['III'],
        count: 1,
        require: [
          { quantity: 'q', atMost: -150 },
          { quantity: 't', atMost: -100 },
        ],
      },
      { leads: ['V1', 'V2', 'V3'], count: 2, require: [{ quantity: 't', atMost: -100 }] },
    ],
    rhythmNone: [...rhythmsWithoutSt],
  },
];
