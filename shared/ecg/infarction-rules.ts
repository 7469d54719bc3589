import { delivered, fourthDefinition, ownRule, rhythmsWithoutSt } from './rule-citations.ts';
import type { ReadingRule } from './reading-rules.ts';

const limbChain = ['aVL', 'I', '-aVR', 'II', 'aVF', 'III'];
const chestChain = ['V1', 'V2', 'V3', 'V4', 'V5', 'V6'];

/** Infarction by the fourth universal definition, its equivalents that can be stated as rules, and ischaemia. */
export const infarctionRules: ReadingRule[] = [
  {
    ...delivered,
    id: 'stemi',
    kind: 'contiguous-leads',
    citation: fourthDefinition,
    danger: 1,
    quantity: 'st-j',
    direction: 'at-least',
    limits: [
      { leads: ['V2', 'V3'], limit: 200, sex: 'male', ageFrom: 40 },
      { leads: ['V2', 'V3'], limit: 250, sex: 'male', ageBelow: 40 },
      { leads: ['V2', 'V3'], limit: 150, sex: 'female' },
      { leads: ['I', 'II', 'III', 'aVR', 'aVL', 'aVF', 'V1', 'V4', 'V5', 'V6'], limit: 100 },
    ],
    chains: [limbChain, chestChain],
    minimumLeads: 2,
    featuresNone: ['left-ventricular-hypertrophy', 'left-bundle-branch-block', 'arm-leads-reversed'],
    rhythmNone: [...rhythmsWithoutSt],
  },
  {
    ...delivered,
    id: 'stemi-posterior',
    kind: 'contiguous-leads',
    citation: fourthDefinition,
    danger: 1,
    quantity: 'st-j',
    direction: 'at-least',
    limits: [
      { leads: ['V7', 'V8', 'V9'], limit: 100, sex: 'male', ageBelow: 40 },
      { leads: ['V7', 'V8', 'V9'], limit: 50 },
    ],
    chains: [['V7', 'V8', 'V9']],
    minimumLeads: 2,
    featuresNone: ['left-ventricular-hypertrophy', 'left-bundle-branch-block'],
    rhythmNone: [...rhythmsWithoutSt],
  },
  {
    ...delivered,
    id: 'stemi-right-ventricular',
    kind: 'contiguous-leads',
    citation: fourthDefinition,
    danger: 1,
    quantity: 'st-j',
    direction: 'at-least',
    limits: [
      { leads: ['V3R', 'V4R'], limit: 100, sex: 'male', ageBelow: 30 },
      { leads: ['V3R', 'V4R'], limit: 50 },
    ],
    chains: [['V3R', 'V4R']],
    minimumLeads: 2,
    featuresNone: ['left-ventricular-hypertrophy', 'left-bundle-branch-block', 'right-bundle-branch-block'],
    rhythmNone: [...rhythmsWithoutSt],
  },
  {
    ...delivered,
    id: 'posterior-leads-wanted',
    kind: 'conditions',
    citation: `${fourthDefinition}: isolated depression in V1-V3 with an upright terminal T wave; record V7-V9`,
    danger: 2,
    leads: [
      {
        leads: ['V1', 'V2', 'V3'],
        count: 2,
        require: [
          { quantity: 'st-j', atMost: -50 },
          { quantity: 't', atLeast: 100 },
        ],
      },
    ],
    featuresNone: ['left-bundle-branch-block', 'right-bundle-branch-block', 'wide-qrs-other'],
    rhythmNone: [...rhythmsWithoutSt],
  },
  {
    ...delivered,
    id: 'de-winter',
    kind: 'conditions',
    citation: 'de Winter et al., N Engl J Med 2008;359:2071; Verouden et al., Heart 2009;95:1701',
    danger: 1,
    leads: [
      {
        leads: ['V2', 'V3', 'V4', 'V5'],
        count: 2,
        require: [
          { quantity: 'st-j', atMost: -100 },
          { quantity: 'st-rise', atLeast: 20 },
          { quantity: 't', atLeast: 700 },
        ],
      },
    ],
    featuresNone: ['left-bundle-branch-block', 'right-bundle-branch-block', 'wide-qrs-other'],
    rhythmNone: [...rhythmsWithoutSt],
  },
  {
    ...delivered,
    id: 'avr-elevation-diffuse-depression',
    kind: 'conditions',
    citation: `${fourthDefinition}: depression of 1 mm in six or more leads with elevation in aVR and/or V1`,
    danger: 1,
    leads: [
      {
        leads: ['I', 'II', 'III', 'aVL', 'aVF', 'V2', 'V3', 'V4', 'V5', 'V6'],
        count: 6,
        require: [{ quantity: 'st-j', atMost: -100 }],
      },
      { leads: ['aVR', 'V1'], count: 1, require: [{ quantity: 'st-j', atLeast: 50 }] },
    ],
    featuresNone: ['left-bundle-branch-block', 'wide-qrs-other'],
    rhythmNone: [...rhythmsWithoutSt],
  },
  {
    ...delivered,
    id: 'lbbb-concordant-elevation',
    kind: 'conditions',
    citation: 'Sgarbossa et al., N Engl J Med 1996;334:481: elevation of 1 mm with the complex',
    danger: 1,
    featuresAny: ['left-bundle-branch-block'],
    leads: [
      {
        leads: ['I', 'II', 'III', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'],
        count: 1,
        require: [
          { quantity: 'st-j', atLeast: 100 },
          { quantity: 'st-concordant', atLeast: 100 },
        ],
      },
    ],
    rhythmNone: [...rhythmsWithoutSt],
  },
  {
    ...delivered,
    id: 'lbbb-concordant-depression',
    kind: 'conditions',
    citation: 'Sgarbossa et al., N Engl J Med 1996;334:481: depression of 1 mm in V1 to V3',
    danger: 1,
    featuresAny: ['left-bundle-branch-block'],
    leads: [
      {
        leads: ['V1', 'V2', 'V3'],
        count: 1,
        require: [
          { quantity: 'st-j', atMost: -100 },
          { quantity: 'st-concordant', atLeast: 100 },
        ],
      },
    ],
    rhythmNone: [...rhythmsWithoutSt],
  },
  {
    ...delivered,
    id: 'lbbb-discordant-ratio',
    kind: 'conditions',
    citation: 'Smith et al., Ann Emerg Med 2012;60:766: elevation of 1 mm and 25 % of the S wave or more',
    danger: 1,
    featuresAny: ['left-bundle-branch-block'],
    leads: [
      {
        leads: ['II', 'III', 'aVL', 'aVF', 'V1', 'V2', 'V3', 'V4', 'V5', 'V6'],
        count: 1,
        require: [
          { quantity: 'st-j', atLeast: 100 },
          { quantity: 'st-to-s', atMost: -0.25 },
        ],
      },
    ],
    rhythmNone: [...rhythmsWithoutSt],
  },
  {
    ...delivered,
    id: 'hyperacute-t',
    kind: 'conditions',
    citation: `${ownRule}: T waves of 1 mV, broad, and larger than the complex in two of V2-V5`,
    danger: 2,
    leads: [
      {
        leads: ['V2', 'V3', 'V4', 'V5'],
        count: 2,
        require: [
          { quantity: 't', atLeast: 1000 },
          { quantity: 't-to-qrs', atLeast: 0.9 },
          { quantity: 't-half-width', above: 85 },
          { quantity: 'st-j', above: -50 },
        ],
      },
    ],
    featuresNone: ['left-bundle-branch-block', 'wide-qrs-other', 'left-ventricular-hypertrophy'],
    rhythmNone: [...rhythmsWithoutSt],
  },
  {
    ...delivered,
    id: 'wellens-biphasic',
    kind: 'conditions',
    citation:
      'de Zwaan et al., Am Heart J 1982;103:730: biphasic T in V2-V3 without pain; not for the clock of infarction',
    danger: 3,
    leads: [
      {
        leads: ['V2', 'V3'],
        count: 1,
        require: [
          { quantity: 't-maximum', atLeast: 80 },
          { quantity: 't-minimum', atMost: -150 },
          { quantity: 't-ends-low', atLeast: 1 },
          { quantity: 'st-j', below: 100 },
        ],
      },
    ],
    featuresNone: ['left-bundle-branch-block', 'right-bundle-branch-block', 'wide-qrs-other'],
  },
  {
    ...delivered,
    id: 'wellens-deep',
    kind: 'conditions',
    citation: 'de Zwaan et al., Am Heart J 1982;103:730: deep symmetrical T in V2-V3',
    danger: 3,
    leads: [
      {
        leads: ['V2', 'V3', 'V4'],
        count: 2,
        require: [
          { quantity: 't', atMost: -400 },
          { quantity: 'st-j', below: 100 },
        ],
      },
    ],
    featuresNone: ['left-bundle-branch-block', 'right-bundle-branch-block', 'wide-qrs-other'],
  },
  {
    ...delivered,
    id: 'st-depression',
    kind: 'contiguous-leads',
    citation: `${fourthDefinition}: new depression of 0.5 mm in two contiguous leads (here at J and 60 ms later)`,
    danger: 2,
    quantity: 'st-j60',
    direction: 'at-most',
    limits: [{ leads: ['I', 'II', 'III', 'aVL', 'aVF', ...chestChain], limit: -75 }],
    chains: [['aVL', 'I'], ['II', 'aVF', 'III'], chestChain],
    minimumLeads: 2,
    featuresNone: [
      'left-ventricular-hypertrophy',
      'left-bundle-branch-block',
      'right-bundle-branch-block',
      'wide-qrs-other',
      'arm-leads-reversed',
    ],
    rhythmNone: [...rhythmsWithoutSt],
  },
];
