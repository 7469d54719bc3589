import ts from 'typescript';
import { readSources, readText, walk } from './source-files.ts';

/** Ids of the rules in tests/SPEC.md, one line each: `- **AL3** text`. In their order, doubles included. */
export function rulesOfSpec(): string[] {
  return [...readText('tests/SPEC.md').matchAll(/^- \*\*([A-Z]+\d+)\*\* \S/gm)].map((match) => match[1]!);
}

export interface TestTitle {
  path: string;
  title: string;
  /** Ids that the title, or a describe around it, cites: `[AL3] ...` or `[AL3, AL4] ...`. */
  cites: string[];
}

/** Titles of the tests that must cite a rule: the server's (decoders and the store cite standards) and the journeys. */
export function titlesThatCite(): TestTitle[] {
  return readSources(['tests/server', 'tests/journeys'])
    .filter(({ path }) => path.endsWith('.test.ts') && !/\/(store|decode)\//.test(path))
    .flatMap(({ path, tree }) => {
      const titles: TestTitle[] = [];
      walk(tree, (node) => {
        const title = titleOf(node, ['test', 'it']);
        if (title === null) return;
        let whole = title;
        for (let outer = node.parent; outer !== undefined; outer = outer.parent) {
          whole = `${titleOf(outer, ['describe']) ?? ''} ${whole}`;
        }
        const cites = [...whole.matchAll(/\[([A-Z]+\d+(?:, ?[A-Z]+\d+)*)\]/g)].flatMap((match) =>
          match[1]!.split(/, ?/),
        );
        titles.push({ path, title, cites });
      });
      return titles;
    });
}

/** The first argument of `test('...')`, `test.each(table)('...')` and their kin. */
function titleOf(node: ts.Node, names: string[]): string | null {
  if (!ts.isCallExpression(node)) return null;
  let callee: ts.Expression = node.expression;
  while (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee)) callee = callee.expression;
  const [title] = node.arguments;
  if (!ts.isIdentifier(callee) || !names.includes(callee.text) || title === undefined) return null;
  if (ts.isStringLiteralLike(title)) return title.text;
  return ts.isTemplateExpression(title) ? title.getText().slice(1, -1) : null;
}
