import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = path.dirname(import.meta.dirname);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(ROOT, folder, 'package.json'), 'utf8'));
}

/** Which folders of the repository each folder may import; `@tracelore/x/y` counts as its own folder where it is listed. */
const ALLOWED_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  'sdk/src/contract': [],
  sdk: ['@tracelore/sdk'],
  adapters: ['@tracelore/sdk'],
  'collector/src/store': ['@tracelore/sdk/contract'],
  collector: ['@tracelore/sdk/contract', '@tracelore/collector'],
  'learner/src/cli': ['@tracelore/sdk', '@tracelore/collector', '@tracelore/learner'],
  // The whole loop in one process: like `tracelore up`, but inside the user's program.
  'learner/src/engine': ['@tracelore/sdk', '@tracelore/collector', '@tracelore/learner'],
  learner: ['@tracelore/sdk', '@tracelore/collector/store', '@tracelore/learner'],
  dashboards: ['@tracelore/collector/store', '@tracelore/dashboards'],
};

/** Entry points of each published package. A new one needs a caller, a test and a line here. */
const ENTRIES: Readonly<Record<string, readonly string[]>> = {
  sdk: ['.', './contract', './node', './testing'],
  adapters: ['./langchain'],
  collector: ['.', './store'],
  learner: ['.'],
  dashboards: ['.'],
};

function sourceFiles(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules') && !file.includes('fixtures'))
    .map((file) => path.join(folder, file));
}

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g);
  return [...found].map((match) => match[1] ?? '');
}

describe('workspaces', () => {
  test('their names and order are fixed', () => {
    expect(manifest('.').workspaces).toEqual([
      'sdk',
      'adapters',
      'collector',
      'learner',
      'dashboards',
      'examples',
      'bench',
    ]);
  });

  test('the top level holds nothing else', () => {
    const folders = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
      .map((entry) => entry.name);
    expect(folders.filter((name) => name !== 'docs').sort()).toEqual([
      'adapters',
      'bench',
      'collector',
      'dashboards',
      'examples',
      'learner',
      'sdk',
    ]);
  });

  test.each(Object.entries(ENTRIES))('%s exports exactly its entries', (folder, entries) => {
    const keys = Object.keys(manifest(folder).exports ?? {}).filter((key) => key !== './package.json');
    expect(keys).toEqual(entries);
  });

  test('every dependency is pinned exactly', () => {
    const loose = ['.', ...(manifest('.').workspaces ?? [])].flatMap((folder) => {
      const { dependencies, devDependencies, optionalDependencies } = manifest(folder);
      return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
        .filter(([, version]) => !/^\d+\.\d+\.\d+[\w.-]*$/.test(version))
        .map(([name, version]) => `${folder}: ${name}@${version}`);
    });
    expect(loose).toEqual([]);
  });

  test('the lockfile names no registry host', () => {
    const lock = readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8');
    expect(lock.match(/"resolved": "https?:[^"]*"/g) ?? []).toEqual([]);
  });
});

describe('imports', () => {
  const folders = ['sdk', 'adapters', 'collector', 'learner', 'dashboards'];
  test.each(folders)('%s imports only what it may', (folder) => {
    const wrong = sourceFiles(path.join(folder, 'src')).flatMap((file) => {
      const isTest = /\.test\.ts$|\/testing\b|\.testing\.ts$/.test(file);
      const rule = Object.keys(ALLOWED_IMPORTS).find((prefix) => file.startsWith(`${prefix}/`)) ?? folder;
      const allowed = ALLOWED_IMPORTS[rule] ?? [];
      return importsOf(file)
        .filter((specifier) => specifier.startsWith('@tracelore/'))
        .filter(
          (specifier) => !allowed.some((name) => specifier === name || specifier.startsWith(`${name}/`)),
        )
        .filter(() => !isTest)
        .map((specifier) => `${file} imports ${specifier}`);
    });
    expect(wrong).toEqual([]);
  });

  test('the contract imports nothing but itself', () => {
    const wrong = sourceFiles('sdk/src/contract')
      .filter((file) => !file.endsWith('.test.ts'))
      .flatMap((file) => importsOf(file).filter((specifier) => !specifier.startsWith('./')));
    expect(wrong).toEqual([]);
  });

  test('the published packages have no import cycle between files', () => {
    const files = folders.flatMap((folder) => sourceFiles(path.join(folder, 'src')));
    const graph = new Map(
      files.map((file) => [
        file,
        importsOf(file)
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => path.join(path.dirname(file), specifier)),
      ]),
    );
    expect(findCycle(graph)).toEqual([]);
  });
});

/** Files of one cycle, in order; empty when there is none. */
function findCycle(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const path_: string[] = [];
  const visit = (file: string): string[] => {
    const at = path_.indexOf(file);
    if (at >= 0) return [...path_.slice(at), file];
    if (done.has(file)) return [];
    path_.push(file);
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next);
      if (cycle.length > 0) return cycle;
    }
    path_.pop();
    done.add(file);
    return [];
  };
  for (const file of graph.keys()) {
    const cycle = visit(file);
    if (cycle.length > 0) return cycle;
  }
  return [];
}
