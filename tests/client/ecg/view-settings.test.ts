import { describe, expect, test } from '@jest/globals';
import { readFileSync, readdirSync } from 'node:fs';
import { baselineMicrovolts, selectLeads } from '../../../shared/ecg/lead-selection.ts';
import {
  cssPixelsPerMm,
  keepScreenScale,
  paperScale,
  readScreenScale,
} from '../../../client/features/ecg/viewer/screen-scale.ts';
import { applyViewCommand, commandOfKey, initialEcgView } from '../../../client/features/ecg/viewer/view-commands.ts';
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

describe('view commands', () => {
  test('every view they make fits the contract', () => {
    let view = initialEcgView('e');
    for (const key of ['3', '+', '+', '+', '[', '[', 'ArrowRight', '1', '-', ']', ']', ']', '0']) {
      const command = commandOfKey(key, false, 30);
      if (command) view = applyViewCommand(view, command, 30);
      expect(ecgViewState.safeParse(view).success).toBe(true);
    }
    expect(view).toEqual(initialEcgView('e'));
  });

  test('a command that changes nothing returns the same view, so that nothing is sent', () => {
    const view = initialEcgView('e');
    expect(applyViewCommand(view, { do: 'layout', layout: '3x4+1R' }, 10)).toBe(view);
    expect(applyViewCommand(view, { do: 'pan', seconds: 5 }, 10)).toBe(view);
  });

  test('reset keeps the calipers', () => {
    const caliper = { id: 'a', lead: 'II', fromSeconds: 0, toSeconds: 1, fromMicrovolts: 0, toMicrovolts: 1 };
    const view = { ...initialEcgView('e'), layout: '12x1' as const, calipers: [caliper] };
    expect(applyViewCommand(view, { do: 'reset' }, 10).calipers).toEqual([caliper]);
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
