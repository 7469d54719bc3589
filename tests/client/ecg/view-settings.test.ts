import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { baselineMicrovolts, selectLeads } from '../../../shared/ecg/lead-selection.ts';
import { cssPixelsPerMm, keepScreenScale, readScreenScale } from '../../../client/features/screen/screen-scale.ts';
import { paperScale } from '../../../client/features/ecg/viewer/zoom-mode.ts';
import { applyViewCommand, commandOfKey, initialEcgView } from '../../../client/features/ecg/viewer/view-commands.ts';
import type { ViewedRecording } from '../../../client/features/ecg/viewer/view-commands.ts';
import { ecgViewState } from '../../../shared/contracts/viewing.ts';
import { documentOf, rampLead } from './made-ecg.ts';

function shelf() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

describe('scale of the screen', () => {
  test('is the CSS millimetre until somebody calibrates', () => {
    expect(readScreenScale(1, shelf())).toEqual({ pixelsPerMm: cssPixelsPerMm, isCalibrated: false });
  });

  test('stays true when the browser zooms, and can be forgotten', () => {
    const kept = shelf();
    keepScreenScale(4.5, 1, kept);
    expect(readScreenScale(1, kept)).toEqual({ pixelsPerMm: 4.5, isCalibrated: true });
    expect(readScreenScale(1.5, kept).pixelsPerMm).toBeCloseTo(3, 10);
    keepScreenScale(null, 1, kept);
    expect(readScreenScale(1, kept).isCalibrated).toBe(false);
  });

  test('an absurd or broken value on the device counts as none', () => {
    for (const text of [
      '{',
      '5',
      '{"pixelsPerMm":900,"devicePixelRatio":1}',
      '{"pixelsPerMm":"x","devicePixelRatio":1}',
    ]) {
      const kept = shelf();
      kept.setItem('lianzhen.ecg.screen-scale', text);
      expect(readScreenScale(1, kept).isCalibrated).toBe(false);
    }
  });

  test('a denied storage breaks nothing', () => {
    const denied = () => {
      throw new Error('denied');
    };
    const closed = { getItem: denied, setItem: denied, removeItem: denied };
    expect(() => keepScreenScale(4, 1, closed)).not.toThrow();
    expect(readScreenScale(1, closed).isCalibrated).toBe(false);
  });

  test('fitting to the width says its real zoom', () => {
    const screen = { pixelsPerMm: 4, isCalibrated: true };
    expect(paperScale('true-size', screen, 265, 700)).toEqual({ pixelsPerMm: 4, percent: 100 });
    expect(paperScale('fit-width', screen, 265, 879.8)).toEqual({ pixelsPerMm: 3.32, percent: 83 });
  });
});

const recording = (durationSeconds: number): ViewedRecording => ({
  durationSeconds,
  rhythmLead: 'II',
  leadNames: new Set(['I', 'II', 'aVR', 'V1', 'V7']),
  extraLeads: ['V7'],
  hasMedianBesideRhythm: true,
});

describe('view commands', () => {
  test('every view they make fits the contract', () => {
    let view = initialEcgView('e');
    const keys = '4++++[[k5.,,hhlllnvb1-]]]2bb'.split('');
    for (const key of [...keys, 'ArrowRight', 'PageDown', 'End', 'b', '0']) {
      const command = commandOfKey(key, false, 30);
      if (command) view = applyViewCommand(view, command, recording(30));
      expect(ecgViewState.safeParse(view).success).toBe(true);
    }
    expect(view).toEqual(initialEcgView('e'));
  });

  test('a command that changes nothing returns the same view, so that nothing is sent', () => {
    const view = initialEcgView('e');
    expect(applyViewCommand(view, { do: 'layout', layout: '3x4+1R' }, recording(10))).toBe(view);
    expect(applyViewCommand(view, { do: 'pan', seconds: 5 }, recording(10))).toBe(view);
  });

  test('a view from before there were filters, Cabrera order and marks still fits, with nothing of them on', () => {
    const old = {
      kind: 'ecg',
      ecgId: 'e',
      layout: '3x4+1R',
      speedMmPerSecond: 25,
      gainMmPerMillivolt: 10,
      startSeconds: 0,
      calipers: [],
    };
    expect(ecgViewState.parse(old)).toEqual(initialEcgView('e'));
  });

  test('one lead is stepped through in the order of the paper, over those that are recorded, and round again', () => {
    let view = applyViewCommand(initialEcgView('e'), { do: 'single', lead: 'I' }, recording(10));
    const seen = [];
    for (let i = 0; i < 5; i++) {
      view = applyViewCommand(view, { do: 'single-step', step: 1 }, recording(10));
      seen.push(view.singleLead);
    }
    expect(seen).toEqual(['II', 'aVR', 'V1', 'V7', 'I']);
    view = applyViewCommand(view, { do: 'lead-order', order: 'cabrera' }, recording(10));
    expect(applyViewCommand(view, { do: 'single-step', step: 1 }, recording(10)).singleLead).toBe('aVR');
    expect(applyViewCommand(view, { do: 'single', lead: 'I' }, recording(10)).layout).toBe('3x4+1R');
  });

  test('keys cycle through the filters and off again', () => {
    let view = initialEcgView('e');
    const press = (key: string) => {
      const command = commandOfKey(key, false, 10);
      if (command) view = applyViewCommand(view, command, recording(10));
      return [view.highPassHz, view.lowPassHz, view.notchHz];
    };
    expect([press('h'), press('h'), press('h')].map(([high]) => high)).toEqual([0.05, 0.5, null]);
    expect(Array.from({ length: 6 }, () => press('l')[1])).toEqual([25, 35, 40, 100, 150, null]);
    expect([press('n')[2], press('N')[2]]).toEqual([50, null]);
  });

  test('averaged beats are shown only where the file has them', () => {
    const view = initialEcgView('e');
    const without = { ...recording(10), hasMedianBesideRhythm: false };
    expect(applyViewCommand(view, { do: 'waveform', waveform: 'other' }, without)).toBe(view);
    expect(applyViewCommand(view, { do: 'waveform', waveform: 'other' }, recording(10)).waveform).toBe('median');
  });

  test('reset keeps the calipers and the marks on the beat', () => {
    const marked = { ...initialEcgView('e'), beatMarks: { tEnd: 800 } };
    expect(applyViewCommand(marked, { do: 'reset' }, recording(10)).beatMarks).toEqual({ tEnd: 800 });
    const caliper = { id: 'a', lead: 'II', fromSeconds: 0, toSeconds: 1, fromMicrovolts: 0, toMicrovolts: 1 };
    const view = { ...initialEcgView('e'), layout: '12x1' as const, calipers: [caliper] };
    expect(applyViewCommand(view, { do: 'reset' }, recording(10)).calipers).toEqual([caliper]);
  });
});

describe('choice of leads', () => {
  test('averaged beats never replace the rhythm recording', () => {
    const document = {
      ...documentOf([rampLead('II', 5000, 500)]),
      groups: [
        { label: 'median' as const, leads: [rampLead('II', 600, 500), rampLead('V1', 600, 500)] },
        { label: 'rhythm' as const, leads: [rampLead('II', 5000, 500)] },
      ],
    };
    const leads = selectLeads(document);
    expect([...leads.byName.keys()]).toEqual(['II']);
    expect(leads.durationSeconds).toBe(10);
    expect(selectLeads({ ...document, groups: document.groups.slice(0, 1) }).groupLabel).toBe('median');
  });

  test('groups that were recorded one after another keep their times', () => {
    const leads = selectLeads({
      ...documentOf([]),
      groups: [
        { label: 'rhythm', leads: [rampLead('I', 1250, 500)] },
        { label: 'rhythm', leads: [rampLead('aVR', 1250, 500)], startMs: 2500 },
      ],
    });
    expect(leads.byName.get('aVR')?.startSeconds).toBe(2.5);
    expect(leads.durationSeconds).toBe(5);
  });

  test('right-sided and posterior leads come first among the others, whatever the file calls them after', () => {
    const names = ['ES', 'V7', 'V3R', 'II'];
    const leads = selectLeads(documentOf(names.map((name) => rampLead(name, 10, 500))));
    expect(leads.extra).toEqual(['V3R', 'V7', 'ES']);
    expect(leads.rhythmLead).toBe('II');
  });

  test('a small base line shift is shown as it is; an electrode offset is taken off and known', () => {
    const at = (offset: number) => ({ ...rampLead('II', 0, 500), samples: Array<number>(500).fill(offset) });
    expect(baselineMicrovolts(at(400))).toBe(0);
    expect(baselineMicrovolts(at(-3240))).toBe(-3200);
    expect(baselineMicrovolts({ ...at(0), samples: [null, null] })).toBe(0);
  });
});

describe('words', () => {
  const folder = 'client/features/ecg/viewer';
  const flat = (value: unknown, path: string): string[] =>
    typeof value === 'string'
      ? [path]
      : Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) =>
          flat(inner, path === '' ? key : `${path}.${key}`),
        );
  const read = (language: string) =>
    flat(JSON.parse(readFileSync(`${folder}/locales.${language}.json`, 'utf8')), '').sort();

  test('both languages have the same keys', () => {
    expect(read('en')).toEqual(read('zh-CN'));
  });

  test('every key that the viewer uses exists, and every key that exists is used', () => {
    const source = readdirSync(folder)
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
      .join('\n');
    const keys = read('zh-CN');
    const used = [...source.matchAll(/['"`](ecg\.viewer\.[A-Za-z0-9.]*[A-Za-z0-9])['"`]/g)].map((match) => match[1]);
    expect(used.filter((key) => !keys.includes(key ?? ''))).toEqual([]);
    const prefixes = [...source.matchAll(/`(ecg\.viewer\.[A-Za-z0-9.]*)\$\{/g)].map((match) => match[1] ?? '');
    const unused = keys.filter((key) => !used.includes(key) && !prefixes.some((prefix) => key.startsWith(prefix)));
    expect(unused).toEqual([]);
  });
});
