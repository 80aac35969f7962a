import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../learner/src/config.ts';

const ROOT = path.dirname(import.meta.dirname);

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Rows of the table under a heading: the texts of their cells, code marks left in. */
function tableUnder(page: string, heading: string): string[][] {
  const section = page.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** What stands between code marks. */
function codeIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

function sources(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|\.testing\.ts$|(^|\/)testing\//.test(file))
    .map((file) => read(path.join(folder, file)));
}

/** Names of the fields of an interface. */
function fieldsOf(file: string, name: string): string[] {
  const body = new RegExp(`interface ${name} (?:extends \\w+ )?\\{([^]*?)\\n\\}`).exec(read(file))?.[1] ?? '';
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map((match) => match[1] ?? '');
}

/** How the page writes a default. */
function asDefault(value: unknown): string {
  const isEmpty =
    value === undefined ||
    value === '' ||
    (value instanceof Map && value.size === 0) ||
    (Array.isArray(value) && value.length === 0);
  return isEmpty ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
}

describe('docs/configuration.md', () => {
  const page = read('docs/configuration.md');

  test('has every key of the service, with its default', () => {
    const rows = tableUnder(page, 'The service');
    const keys = rows.flatMap(([key = '']) => codeIn(key));
    expect(keys).toEqual(fieldsOf('learner/src/config.ts', 'Config'));
    const defaults: Readonly<Record<string, unknown>> = {
      ...resolveConfig({}),
      redaction: 'secrets and cards',
      retentionDays: 'for ever',
    };
    const stated = rows.map(([key = '', , standard]) => [codeIn(key)[0], standard]);
    expect(stated).toEqual(keys.map((key) => [key, asDefault(defaults[key])]));
  });

  test('has every option of the SDK', () => {
    const options = tableUnder(page, 'The SDK').flatMap(([option = '']) => codeIn(option));
    expect(options).toEqual([
      ...fieldsOf('sdk/src/config.ts', 'TraceloreOptions'),
      ...fieldsOf('sdk/src/node/start.ts', 'StartOptions'),
    ]);
  });

  test('names the variables that are read, and no others', () => {
    const variable = /['`]((?:TRACELORE|OPENAI|CLICKHOUSE|OTEL)_[A-Z_]*[A-Z])['`]/g;
    const config = ['learner/src/config.ts', 'learner/src/cli/context.ts', 'sdk/src/config.ts'].map(read);
    const isRead = new Set(
      config.flatMap((text) => [...text.matchAll(variable)].map((match) => match[1] ?? '')),
    );
    const named = new Set(
      codeIn(page).filter((code) => /^(?:TRACELORE|OPENAI|CLICKHOUSE|OTEL)_[A-Z_]+$/.test(code)),
    );
    expect([...isRead].filter((name) => !named.has(name))).toEqual([]);
    const all = [...sources('learner/src'), ...sources('sdk/src')].join('\n');
    // The names of some OTLP variables are put together.
    const isMade = (name: string): boolean => name.startsWith('OTEL_EXPORTER_OTLP_');
    expect([...named].filter((name) => !isMade(name) && !all.includes(name))).toEqual([]);
  });

  test.each(tableUnder(page, 'Limits').map((cells) => [cells[0] ?? '', cells] as const))(
    'limit: %s',
    (_, cells) => {
      const [, limit = '', where = ''] = cells;
      const [file = '', constant = ''] = codeIn(where);
      const value = new RegExp(`${constant}(?:: number)? = ([^;]+);`).exec(read(file))?.[1] ?? '';
      const factors = value.replaceAll('_', '').split('*').map(Number);
      const inUnits =
        factors.reduce((product, factor) => product * factor, 1) / (limit.endsWith(' h') ? 3_600_000 : 1);
      expect(inUnits).toBe(Number.parseInt(limit, 10));
    },
  );
});

describe('README.md', () => {
  const page = read('README.md');

  test('its code map names every source folder, and only what is there', () => {
    const named = tableUnder(page, 'Code map').flatMap(([folder = '']) => codeIn(folder));
    expect(named.filter((folder) => !existsSync(path.join(ROOT, folder)))).toEqual([]);
    const { workspaces }: { readonly workspaces: readonly string[] } = JSON.parse(read('package.json'));
    const folders = workspaces.flatMap((name) =>
      existsSync(path.join(ROOT, name, 'src'))
        ? readdirSync(path.join(ROOT, name, 'src'), { withFileTypes: true })
            .filter((entry) => entry.isDirectory() && entry.name !== 'testing')
            .map((entry) => `${name}/src/${entry.name}/`)
        : [],
    );
    const wanted = [...workspaces.map((name) => `${name}/`), ...folders, 'docs/'];
    const isNamed = (folder: string): boolean =>
      named.some((name) => name === folder || name.startsWith(folder));
    expect(wanted.filter((folder) => !isNamed(folder))).toEqual([]);
  });

  test.each(['README.md', ...readdirSync(path.join(ROOT, 'docs')).map((file) => `docs/${file}`)])(
    'links of %s lead somewhere',
    (file) => {
      const links = [...read(file).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !/^https?:/.test(link));
      expect(links.filter((link) => !existsSync(path.resolve(ROOT, path.dirname(file), link)))).toEqual([]);
    },
  );
});
