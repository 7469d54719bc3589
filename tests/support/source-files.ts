import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const rootFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface Import {
  /** As written, but a relative one as its path from the root: `zod`, `node:fs`, `shared/contracts/ecg.ts`. */
  target: string;
  relative: boolean;
  /** Gone when it runs: `import type`, and types inside `import('...')`. */
  typeOnly: boolean;
  /** `new URL('./x.ts', import.meta.url)`: another thread's entry, or a file's address. */
  byUrl: boolean;
  /** Values imported by name, under the names that the target gives them. */
  names: string[];
}

export interface SourceFile {
  /** From the root, with forward slashes. */
  path: string;
  imports: Import[];
  tree: ts.SourceFile;
}

/** Every TypeScript and plain JavaScript file below the folders, read and parsed once. */
export function readSources(folders: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) => listFiles(folder))
    .filter((path) => /\.(tsx?|mjs)$/.test(path))
    .map((path) => {
      const tree = ts.createSourceFile(path, readText(path), ts.ScriptTarget.ES2023, true);
      return { path, tree, imports: importsOf(path, tree) };
    });
}

export function readText(path: string): string {
  return readFileSync(join(rootFolder, path), 'utf8');
}

/** Paths from the root of all files below a folder; none where the folder doesn't exist. */
export function listFiles(folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(join(rootFolder, folder), { withFileTypes: true });
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? listFiles(path) : [path];
  });
}

/** The name under which npm knows what is imported: `socket.io-client`, `@scope/name`; null for Node's own. */
export function packageOf(target: string): string | null {
  if (target.startsWith('node:')) return null;
  const parts = target.split('/');
  return target.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? null);
}

/** Calls `see` for every node of the tree, parents first. */
export function walk(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  ts.forEachChild(node, (child) => walk(child, see));
}

function importsOf(path: string, tree: ts.SourceFile): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, kind: Partial<Import> = {}) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    const relative = specifier.text.startsWith('.');
    // Vite's ?url, ?worker and the like ask for the same file.
    const bare = specifier.text.replace(/\?.*$/, '');
    const target = relative ? posix.normalize(posix.join(posix.dirname(path), bare)) : bare;
    found.push({ target, relative, typeOnly: false, byUrl: false, names: [], ...kind });
  };
  walk(tree, (node) => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      const named =
        clause?.namedBindings && ts.isNamedImports(clause.namedBindings) ? clause.namedBindings.elements : [];
      add(node.moduleSpecifier, {
        typeOnly: clause?.phaseModifier === ts.SyntaxKind.TypeKeyword,
        names: named.filter((name) => !name.isTypeOnly).map((name) => (name.propertyName ?? name.name).text),
      });
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, { typeOnly: node.isTypeOnly });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal, { typeOnly: true });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0]);
    } else if (ts.isNewExpression(node) && node.expression.getText() === 'URL') {
      const [address, base] = node.arguments ?? [];
      if (base?.getText() === 'import.meta.url') add(address, { byUrl: true });
    }
  });
  return found;
}
