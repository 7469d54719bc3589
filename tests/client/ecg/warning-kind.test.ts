import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { warningKind, warningKinds } from '../../../client/features/ecg/warning-kind.ts';
import { readSources } from '../../support/source-files.ts';

/** What the decoders may say: each literal that is handed to a list of warnings, with a 7 for what they fill in. */
function writtenWarnings(): string[] {
  const lines: string[] = [];
  const visit = (node: ts.Node): void => {
    const [first] = ts.isCallExpression(node) ? node.arguments : [];
    const callee = ts.isCallExpression(node) ? node.expression.getText() : '';
    if (first !== undefined && /(?:warnings\.add|^warn)$/.test(callee)) {
      if (ts.isStringLiteralLike(first)) lines.push(first.text);
      if (ts.isTemplateExpression(first)) {
        const spans = first.templateSpans.map(({ literal }) => `7${literal.text}`);
        lines.push(first.head.text + spans.join(''));
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const { tree } of readSources(['server/ecg', 'shared/dicom'])) visit(tree);
  return lines.filter((line) => /[a-z]{3}/.test(line));
}

describe('warnings about a file', () => {
  test('each line that a decoder writes has a meaning that the interface has words for', () => {
    const lines = writtenWarnings();
    expect(lines.length).toBeGreaterThan(80);
    expect(lines.filter((line) => warningKind(line) === null)).toEqual([]);
    // None of the meanings stands there for nothing.
    expect(new Set(lines.map(warningKind))).toEqual(new Set(warningKinds));
  });

  test('a stranger’s line is shown as it stands', () => {
    expect(warningKind('Whatever')).toBeNull();
  });
});
