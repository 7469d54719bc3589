import ts from 'typescript';
import { listFiles, readSources, readText, walk } from './source-files.ts';

interface TextTree {
  [key: string]: string | TextTree;
}

/** Pairs of files that hold the same texts in Chinese and English, each flattened to `a.b.c` -> text. */
export function localePairs(): {
  zh: string;
  en: string;
  zhTexts: Map<string, string>;
  enTexts: Map<string, string>;
}[] {
  return listFiles('client')
    .filter((path) => /(^|[/.])zh-CN\.json$/.test(path))
    .map((zh) => {
      const en = zh.replace(/zh-CN\.json$/, 'en.json');
      return { zh, en, zhTexts: flatten(zh), enTexts: flatten(en) };
    });
}

function flatten(path: string): Map<string, string> {
  const texts = new Map<string, string>();
  const add = (tree: TextTree, prefix: string) => {
    for (const [key, value] of Object.entries(tree)) {
      if (typeof value === 'string') texts.set(prefix + key, value);
      else add(value, `${prefix}${key}.`);
    }
  };
  add(JSON.parse(readText(path)) as TextTree, '');
  return texts;
}

/** English has a form for one that Chinese lacks: `file_one` and `file_other` are the same text, `file`. */
export const withoutPlural = (key: string) => key.replace(/_(zero|one|two|few|many|other)$/, '');

/** `{{name}}`s of a text, sorted: both languages must fill in the same. */
export const placeholders = (text: string) =>
  [...new Set([...text.matchAll(/\{\{-? ?([\w.]+)/g)].map((match) => match[1]!))].sort();

/** Keys that the client asks for in so many words: `t('a.b')`, and `` t(`a.${b}`) `` as the prefix `a.` */
export function textsAskedFor(): { path: string; key: string; prefix: boolean }[] {
  return readSources(['client']).flatMap(({ path, tree }) => {
    const asked: { path: string; key: string; prefix: boolean }[] = [];
    walk(tree, (node) => {
      if (!ts.isCallExpression(node) || !/^(i18next\.|i18n\.)?t$/.test(node.expression.getText())) return;
      const [key] = node.arguments;
      if (key === undefined) return;
      if (ts.isStringLiteralLike(key)) asked.push({ path, key: key.text, prefix: false });
      else if (ts.isTemplateExpression(key)) asked.push({ path, key: key.head.text, prefix: true });
    });
    return asked;
  });
}
