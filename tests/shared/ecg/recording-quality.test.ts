import { describe, expect, test } from '@jest/globals';
import { preReadEcg } from '../../../shared/ecg/pre-read.ts';
import { synthesizeRhythm } from '../../../shared/ecg/synthesize-rhythms.ts';
import type { RhythmSynthesisOptions } from '../../../shared/ecg/synthesize-rhythms.ts';
import type { SyntheticArtefact } from '../../../shared/ecg/synthetic-artefacts.ts';

const quiet: SyntheticArtefact = { kind: 'white-noise', microvolts: 8 };

function quality(options: RhythmSynthesisOptions) {
  const artefacts = [quiet, ...(options.artefacts ?? [])];
  return preReadEcg(synthesizeRhythm({ ...options, artefacts }).document).quality;
}

describe('electrodes and noise', () => {
  const cases: [SyntheticArtefact, string, string, string[]][] = [
    [{ kind: 'flat', leads: ['V3'] }, 'lead-off-flat', 'repeat', ['V3']],
    [{ kind: 'flat', leads: ['I'] }, 'lead-off-flat', 'repeat', ['I']],
    [{ kind: 'saturated', leads: ['V4', 'V5'] }, 'lead-saturated', 'repeat', ['V4', 'V5']],
    [{ kind: 'muscle', microvolts: 60, leads: ['V2'] }, 'high-noise', 'hint', ['V2']],
    [{ kind: 'mains', microvolts: 250, leads: ['V6'] }, 'mains-hum', 'repeat', ['V6']],
    [{ kind: 'mains', microvolts: 70, leads: ['V6'], hertz: 60 }, 'mains-hum', 'hint', ['V6']],
  ];
  test.each(cases)('%j is reported as %s in its leads only', (artefact, code, severity, leads) => {
    const found = quality({ artefacts: [artefact] });
    expect(found.map((entry) => entry.code)).toEqual([code]);
    expect(found[0]).toMatchObject({ severity, leads });
  });

  test('wander and tremor are graded', () => {
    const grades = (artefact: SyntheticArtefact) =>
      quality({ artefacts: [artefact] }).map((e) => `${e.code} ${e.severity}`);
    expect(grades({ kind: 'wander', microvolts: 350 })).toEqual(['baseline-wander hint']);
    expect(grades({ kind: 'wander', microvolts: 1500 })).toEqual(['baseline-wander repeat']);
    expect(grades({ kind: 'white-noise', microvolts: 100 })).toEqual(['high-noise repeat']);
  });

  test('a short recording and missing leads are named', () => {
    expect(quality({ durationSeconds: 5 })).toMatchObject([{ code: 'recording-short', value: 5 }]);
    const { document } = synthesizeRhythm({ artefacts: [quiet] });
    const leads = document.groups[0]!.leads.filter(({ name }) => name !== 'V5');
    expect(preReadEcg({ groups: [{ label: 'rhythm', leads }] }).quality).toMatchObject([
      { code: 'leads-missing', leads: ['V5'] },
    ]);
  });
});

describe('electrodes on the wrong place', () => {
  test('exchanged arms are found, in ordinary people and in infarction', () => {
    for (const morphology of ['normal', 'inferior-stemi', 'right-bundle-branch-block', 'anterior-stemi'] as const) {
      for (const seed of [1, 2, 3]) {
        const found = quality({ morphology, seed, swap: 'arms', individualSpread: 0.12 });
        expect(found.map(({ code }) => code)).toContain('arm-leads-reversed');
        const right = quality({ morphology, seed, individualSpread: 0.12 });
        expect(right.map(({ code }) => code)).not.toContain('arm-leads-reversed');
      }
    }
  });

  test.each([
    ['V1', 'V2'],
    ['V2', 'V3'],
    ['V3', 'V4'],
    ['V1', 'V3'],
    ['V2', 'V5'],
    ['V1', 'V6'],
  ] as const)('%s and %s exchanged are found by name', (first, second) => {
    const found = quality({ swap: [first, second] });
    expect(found).toMatchObject([{ code: 'precordial-order', severity: 'repeat', leads: [first, second] }]);
  });

  test('no morphology of ours in its right order is taken for a swap', () => {
    for (const morphology of [
      'normal',
      'left-bundle-branch-block',
      'right-bundle-branch-block',
      'anterior-stemi',
      'posterior-stemi',
      'left-ventricular-hypertrophy',
      'hyperkalaemia',
      'wellens',
      'de-winter',
    ] as const) {
      expect(quality({ morphology }).map(({ code }) => code)).not.toContain('precordial-order');
    }
  });
});
