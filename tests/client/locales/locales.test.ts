import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { deepMerge, type Texts } from '../../../client/locales/deep-merge.ts';
import { consultOutcomes } from '../../../shared/contracts/consults.ts';
import { errorCatalogue } from '../../../shared/contracts/errors.ts';
import { ecgFormats } from '../../../shared/ecg/waveform.ts';
import { roles } from '../../../shared/rules/roles.ts';

const client = join(import.meta.dirname, '..', '..', '..', 'client');
const paths = readdirSync(client, { recursive: true, encoding: 'utf8' });

function texts(language: 'zh-CN' | 'en'): Texts {
  const files = [
    join('locales', `${language}.json`),
    ...paths.filter((path) => path.startsWith('features') && path.endsWith(`locales.${language}.json`)),
  ];
  return deepMerge(...files.map((path) => JSON.parse(readFileSync(join(client, path), 'utf8')) as Texts));
}

function flat(tree: Texts, prefix = ''): Map<string, string> {
  const entries = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') entries.set(prefix + key, value);
    else for (const [inner, text] of flat(value, `${prefix}${key}.`)) entries.set(inner, text);
  }
  return entries;
}

const chinese = flat(texts('zh-CN'));
const english = flat(texts('en'));
/** English has a form for one; Chinese has none. */
const stem = (key: string) => key.replace(/_(one|other)$/, '');
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe('texts', () => {
  test('Chinese and English have the same keys', () => {
    const keys = (entries: Map<string, string>) => [...new Set([...entries.keys()].map(stem))].sort();
    expect(keys(english)).toEqual(keys(chinese));
  });

  test('each text fills in the same values in both languages', () => {
    for (const [key, text] of english) {
      const other = chinese.get(key) ?? chinese.get(stem(key)) ?? chinese.get(`${stem(key)}_other`) ?? '';
      // "One file" may leave the figure out.
      if (key.endsWith('_one')) continue;
      expect([key, placeholders(text)]).toEqual([key, placeholders(other)]);
    }
  });

  test('no text is empty', () => {
    for (const [key, text] of [...chinese, ...english]) expect([key, text.trim()]).not.toEqual([key, '']);
  });

  test.each([
    ...Object.keys(errorCatalogue).map((code) => `errors.${code}`),
    'errors.line-away',
    ...roles.map((role) => `role.${role}`),
    ...ecgFormats.map((format) => `ecg.format.${format}`),
    ...consultOutcomes.map((outcome) => `consult.outcome.${outcome}`),
  ])('%s is worded in both languages', (key) => {
    expect(chinese.has(key)).toBe(true);
    expect(english.has(key)).toBe(true);
  });

  test('every key that a screen names is worded', () => {
    const sources = paths.filter((path) => /\.tsx?$/.test(path));
    const missing: string[] = [];
    const stems = new Set([...chinese.keys()].map(stem));
    for (const path of sources) {
      const source = readFileSync(join(client, path), 'utf8');
      for (const [, key = ''] of source.matchAll(/\bt\(\s*'([\w.-]+)'/g)) {
        if (!stems.has(stem(key))) missing.push(`${path}: ${key}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
