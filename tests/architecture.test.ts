import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { environmentTable } from '../server/config.ts';
import { localePairs, placeholders, textsAskedFor, withoutPlural } from './support/locale-texts.ts';
import { rulesOfSpec, titlesThatCite } from './support/rule-citations.ts';
import {
  packageOf,
  readSources,
  readText,
  rootFolder,
  walk,
  type Import,
  type SourceFile,
} from './support/source-files.ts';

const everything = readSources(['shared', 'server', 'media', 'client', 'tests']);
const product = everything.filter(({ path }) => !path.startsWith('tests/'));

/** Which slices a slice may know: those of its own line, without circles, and of the lines above. */
const order = [
  ['accounts', 'organisations', 'patients', 'audit'],
  ['ecg', 'imaging', 'alarms', 'referrals', 'timeline'],
  ['consults', 'uploads'],
  ['reports'],
];
const lineOf = (slice: string) => order.findIndex((slices) => slices.includes(slice));
/** Folders of the server that are no slices. */
const foundations = ['platform', 'permissions', 'setup', 'commands', 'gateway', 'demonstration'];
/** The files of a slice that nobody else may know (stow-rs.ts holds routes as well); the others are its named actions. */
const ownFile = /-(record|routes|events|slice|rs)\.ts$/;

/** One line for each import that the wall forbids. */
function breaches(files: readonly SourceFile[], forbidden: (path: string, imported: Import) => boolean): string[] {
  return files.flatMap(({ path, imports }) =>
    imports.filter((imported) => forbidden(path, imported)).map(({ target }) => `${path} imports ${target}`),
  );
}

const inFolder = (folder: string) => product.filter(({ path }) => path.startsWith(`${folder}/`));
const under = (path: string, ...folders: string[]) => folders.some((folder) => path.startsWith(`${folder}/`));
/** `ecg` for server/ecg/decode/decode-ecg.ts; null for files directly in server/. */
const partOf = (path: string) => /^server\/([^/]+)\//.exec(path)?.[1] ?? null;

describe('the walls between the folders', () => {
  test('shared imports zod only', () => {
    const found = breaches(inFolder('shared'), (_, { target, relative }) =>
      relative ? !under(target, 'shared') : packageOf(target) !== 'zod',
    );
    expect(found).toEqual([]);
  });

  test('client and media import themselves and shared, server besides these media/index.ts', () => {
    const found = [
      ...breaches(inFolder('client'), (_, { target, relative }) => relative && !under(target, 'client', 'shared')),
      ...breaches(inFolder('media'), (_, { target, relative }) => relative && !under(target, 'media', 'shared')),
      ...breaches(
        inFolder('server'),
        (path, { target, relative, byUrl }) =>
          relative &&
          !under(target, 'server', 'shared') &&
          target !== 'media/index.ts' &&
          !(path === 'server/setup/sfu-worker.mjs' && target === 'media/worker-build/ensure-worker.mjs') &&
          // The built client is files to be served, not code to be run.
          !(byUrl && under(target, 'dist')),
      ),
    ];
    expect(found).toEqual([]);
  });

  test('the product imports nothing from its tests', () => {
    expect(breaches(product, (_, { target, relative }) => relative && under(target, 'tests'))).toEqual([]);
  });

  test('each of these packages has its few importers', () => {
    const importers: Record<string, (path: string) => boolean> = {
      mediasoup: (path) => under(path, 'media'),
      'mediasoup-client': (path) => under(path, 'client/call'),
      'cornerstone-core': (path) => under(path, 'client/features/imaging/viewer'),
      'jpeg-lossless-decoder-js': (path) => under(path, 'client/features/imaging/viewer', 'server/imaging'),
      'dicom-parser': (path) =>
        under(
          path,
          'server/imaging',
          'server/ecg/decode',
          'server/gateway',
          'client/features/imaging/viewer',
          'client/features/imaging/media',
        ),
      mongoose: (path) =>
        under(path, 'server/platform/store') || (under(path, 'server') && path.endsWith('-record.ts')),
      'socket.io-client': (path) => under(path, 'client/connection'),
      '@embedpdf/pdfium': (path) => under(path, 'server/ecg/paper'),
    };
    const found = breaches(product, (path, { target, relative }) => {
      const name = relative ? null : packageOf(target);
      if (name?.startsWith('@cornerstonejs/'))
        return !under(path, 'client/features/imaging/viewer', 'server/imaging', 'server/ecg/paper');
      return name !== null && Object.hasOwn(importers, name) && !importers[name]!(path);
    });
    expect(found).toEqual([]);
  });
});

describe('the walls inside the server', () => {
  const server = inFolder('server');

  test('every folder is a known slice or foundation', () => {
    const parts = [...new Set(server.map(({ path }) => partOf(path)))].filter((part) => part !== null);
    expect(parts.filter((part) => lineOf(part) < 0 && !foundations.includes(part))).toEqual([]);
  });

  test('the platform knows no slice, and permissions know shared only', () => {
    const found = [
      ...breaches(
        inFolder('server/platform'),
        (_, { target, relative }) =>
          relative &&
          under(target, 'server') &&
          !under(target, 'server/platform', 'server/permissions') &&
          target !== 'server/config.ts',
      ),
      ...breaches(inFolder('server/permissions'), (_, { target, relative }) =>
        relative ? !under(target, 'server/permissions', 'shared') : true,
      ),
    ];
    expect(found).toEqual([]);
  });

  test('a slice imports platform, permissions, shared, itself, and slices that come before it', () => {
    const slices = server.filter(({ path }) => lineOf(partOf(path) ?? '') >= 0);
    const found = breaches(slices, (path, { target, relative, typeOnly }) => {
      if (!relative || !under(target, 'server') || (typeOnly && target === 'server/config.ts')) return false;
      const own = partOf(path)!;
      const other = partOf(target);
      if (other === own || other === 'platform' || other === 'permissions') return false;
      return other === null || lineOf(other) < 0 || lineOf(other) > lineOf(own);
    });
    expect(found).toEqual([]);
  });

  test('slices import each other without circles', () => {
    const knows = new Map<string, Set<string>>();
    for (const { path, imports } of server) {
      const own = partOf(path);
      if (own === null || lineOf(own) < 0) continue;
      for (const { target, relative } of imports) {
        const other = relative ? partOf(target) : null;
        if (other === null || other === own || lineOf(other) < 0) continue;
        knows.set(own, (knows.get(own) ?? new Set()).add(other));
      }
    }
    const reach = (from: string, seen = new Set<string>()): Set<string> => {
      for (const next of knows.get(from) ?? []) if (!seen.has(next)) reach(next, seen.add(next));
      return seen;
    };
    expect([...knows.keys()].filter((slice) => reach(slice).has(slice))).toEqual([]);
  });

  test("nobody imports another slice's records, routes or events, and only app.ts mounts slices", () => {
    const found = breaches(server, (path, { target, relative }) => {
      const other = relative ? partOf(target) : null;
      if (other === null || lineOf(other) < 0 || other === partOf(path) || !ownFile.test(target)) return false;
      return !(path === 'server/app.ts' && target.endsWith('-slice.ts'));
    });
    expect(found).toEqual([]);
  });

  test('actions know no Express and no socket', () => {
    const found = breaches(server, (path, { target, relative }) => {
      if (relative || !['express', 'socket.io', 'express-session'].includes(packageOf(target) ?? '')) return false;
      return !under(path, 'server/platform') && !/-(routes|rs)\.ts$/.test(path) && path !== 'server/hub.ts';
    });
    expect(found).toEqual([]);
  });

  test('the gateway needs no SFU and no store', () => {
    const gateway = inFolder('server/gateway').map(({ path }) => path);
    const needless = (name: string) =>
      ['mediasoup', 'mongoose', 'lmdb', 'mingo'].includes(name) || under(name, 'media', 'server/platform/store');
    expect(waysTo(needless, gateway, () => true)).toEqual([]);
  });

  test('the thread that serves alarms runs no parser of hostile bytes', () => {
    const parser = (name: string) => ['dicom-parser', 'saxes', '@embedpdf/pdfium'].includes(name);
    // A job's file runs in a worker thread; it is loaded here for its description, the export called ...Job.
    const job = /-job\.ts$/;
    const serving = ({ target, byUrl }: Import) => !byUrl && !job.test(target);
    expect(waysTo(parser, ['server/main.ts'], serving)).toEqual([]);
    expect(waysTo(parser, ['server/main.ts'], () => true)).not.toEqual([]);
    const loaded = new Set(reachedFrom(['server/main.ts'], serving).keys());
    const taken = server
      .filter(({ path }) => loaded.has(path))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ target, typeOnly }) => job.test(target) && !typeOnly)
          .flatMap(({ names }) => names.filter((name) => !name.endsWith('Job')).map((name) => `${path} takes ${name}`)),
      );
    expect(taken).toEqual([]);
  });

  test('server/config.ts is the only reader of process.env', () => {
    // Set-up runs before any package is there; the configuration of tools is no part of the program.
    const excepted = (path: string) => path.endsWith('.mjs') || path.endsWith('.config.ts');
    const readers = product.filter(({ path, tree }) => {
      let reads = false;
      walk(tree, (node) => {
        if (ts.isPropertyAccessExpression(node) && node.getText() === 'process.env') reads = true;
      });
      return reads && !excepted(path);
    });
    expect(readers.map(({ path }) => path)).toEqual(['server/config.ts']);
  });
});

/** What the files come to load while they run, directly and through others, each with its way: `a.ts > b.ts > saxes`. */
function reachedFrom(starts: string[], follow: (imported: Import) => boolean): Map<string, string> {
  const files = new Map(everything.map((file) => [file.path, file]));
  const ways = new Map(starts.map((path) => [path, path]));
  for (const [name, way] of ways) {
    for (const imported of files.get(name)?.imports ?? []) {
      if (imported.typeOnly || !follow(imported)) continue;
      const next = imported.relative ? imported.target : packageOf(imported.target);
      if (next !== null && !ways.has(next)) ways.set(next, `${way} > ${next}`);
    }
  }
  return ways;
}

const waysTo = (sought: (name: string) => boolean, ...search: Parameters<typeof reachedFrom>) =>
  [...reachedFrom(...search)].filter(([name]) => sought(name)).map(([, way]) => way);

describe('names', () => {
  test('the top level holds what the design names', () => {
    const known = new Set(['client', 'docker', 'media', 'server', 'shared', 'tests', 'LICENSE', 'README.md']);
    const configuration = /^(package(-lock)?\.json|tsconfig\.json|[a-z]+\.config\.mjs)$/;
    const kept = execFileSync('git', ['ls-files', '-z'], { cwd: rootFolder, encoding: 'utf8', maxBuffer: 1 << 26 });
    const top = new Set(kept.split('\0').map((path) => path.split('/')[0]!));
    const strangers = [...top].filter(
      (name) => name !== '' && !name.startsWith('.') && !known.has(name) && !configuration.test(name),
    );
    expect(strangers).toEqual([]);
  });

  test('files are kebab-case, components PascalCase, and none is called after nothing', () => {
    const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.(zh-CN|en|test|long|worker|config|d))*\.(tsx?|mjs)$/;
    const component = /^([A-Z][a-z0-9]*)+(\.test)?\.tsx$/;
    const empty = /(^|-)(utils?|helpers?|common|misc|managers?|services?)(-|$)/;
    const strangers = everything.filter(({ path }) => {
      const name = basename(path);
      const folders = posix.dirname(path).split('/');
      const stem = name.replace(/\..*$/, '');
      if (stem === 'index') return path !== 'media/index.ts';
      if ([stem, ...folders].some((part) => empty.test(part))) return true;
      return !kebab.test(name) && !component.test(name);
    });
    expect(strangers.map(({ path }) => path)).toEqual([]);
  });

  test('no file only hands on what others export', () => {
    const barrels = product.filter(
      ({ path, tree }) =>
        path !== 'media/index.ts' &&
        tree.statements.length > 0 &&
        tree.statements.every((statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier),
    );
    expect(barrels.map(({ path }) => path)).toEqual([]);
  });
});

describe('the numbered rules', () => {
  test('every rule stands once in tests/SPEC.md, and a test cites it', () => {
    const rules = rulesOfSpec();
    const cited = new Set(titlesThatCite().flatMap(({ cites }) => cites));
    expect(rules.filter((rule, at) => rules.indexOf(rule) !== at)).toEqual([]);
    expect(rules.filter((rule) => !cited.has(rule))).toEqual([]);
  });

  test('every test of the server and every journey cites a rule that exists', () => {
    const rules = new Set(rulesOfSpec());
    const strangers = titlesThatCite().filter(({ cites }) => cites.length === 0 || cites.some((id) => !rules.has(id)));
    expect(strangers.map(({ path, title }) => `${path}: ${title}`)).toEqual([]);
  });
});

describe('README', () => {
  const readme = readText('README.md');

  test('links to files that exist', () => {
    const targets = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1]!);
    expect(targets.filter((target) => !existsSync(join(rootFolder, target)))).toEqual([]);
  });

  test('repeats the environment table of the configuration', () => {
    const cells = (line: string) => line.split('|').map((cell) => cell.trim());
    const rows = readme.split('\n').map((line) => cells(line).slice(1, 4));
    expect(rows.filter(([name]) => /^`[A-Z_]+`$/.test(name ?? ''))).toEqual(
      environmentTable.map(({ name, preset, meaning }) => [`\`${name}\``, preset, meaning]),
    );
  });
});

describe('the two languages', () => {
  const pairs = localePairs();

  test('have the same texts with the same blanks', () => {
    expect(pairs.length).toBeGreaterThan(0);
    const differences = pairs.flatMap(({ zh, en, zhTexts, enTexts }) => {
      const zhKeys = new Set([...zhTexts.keys()].map(withoutPlural));
      const enKeys = new Set([...enTexts.keys()].map(withoutPlural));
      return [
        ...[...zhKeys].filter((key) => !enKeys.has(key)).map((key) => `${en} lacks ${key}`),
        ...[...enKeys].filter((key) => !zhKeys.has(key)).map((key) => `${zh} lacks ${key}`),
        ...[...zhTexts]
          .filter(([key, text]) => enTexts.has(key) && `${placeholders(text)}` !== `${placeholders(enTexts.get(key)!)}`)
          .map(([key]) => `${zh}: ${key} has other blanks than in English`),
        ...[...zhTexts, ...enTexts].filter(([, text]) => text.trim() === '').map(([key]) => `${zh}: ${key} is empty`),
      ];
    });
    expect(differences).toEqual([]);
  });

  test('have every text that the client asks for', () => {
    const known = new Set(pairs.flatMap(({ zhTexts }) => [...zhTexts.keys()].map(withoutPlural)));
    const lacking = textsAskedFor().filter(({ key, prefix }) =>
      prefix ? ![...known].some((text) => text.startsWith(key)) : !known.has(key),
    );
    expect(lacking.map(({ path, key }) => `${path}: ${key}`)).toEqual([]);
  });
});
