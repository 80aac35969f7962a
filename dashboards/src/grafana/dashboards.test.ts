import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { GRAFANA_FOLDER, PROVISIONING_FOLDER } from '../index.ts';
import { DASHBOARDS, render } from './dashboards.ts';
import { expandMacros } from './macros.ts';
import { UID } from './panel.ts';
import { DATASOURCE } from './target.ts';

const GRID_COLUMNS = 24;
const built = DASHBOARDS.map(({ file, build }) => ({ file, dashboard: build() }));

interface Panel {
  readonly id?: number;
  readonly title?: string;
  readonly description?: string;
  readonly gridPos?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly {
    readonly refId?: string;
    readonly rawSql?: string;
    readonly format?: number;
  }[];
  readonly datasource?: { readonly uid?: string };
}

function panelsOf(dashboard: unknown): readonly Panel[] {
  return JSON.parse(JSON.stringify(dashboard)).panels;
}

test.each(DASHBOARDS)('$file: the committed JSON is what the code writes', ({ file, build }) => {
  expect(readFileSync(new URL(file, GRAFANA_FOLDER), 'utf8')).toBe(render(build()));
});

test('no other file lies beside them', () => {
  expect(readdirSync(GRAFANA_FOLDER).sort()).toEqual(DASHBOARDS.map(({ file }) => file).sort());
});

test('provisioning reads the folder that the compose file mounts, and the data source type that panels use', () => {
  const read = (file: string, base: URL): string => readFileSync(new URL(file, base), 'utf8');
  const folder = /path: (\S+)/.exec(read('dashboards/tracelore.yaml', PROVISIONING_FOLDER))?.[1];
  expect(read('../compose.yaml', PROVISIONING_FOLDER)).toContain(`./grafana:${folder}:ro`);
  expect(read('datasources/clickhouse.yaml', PROVISIONING_FOLDER)).toContain(`type: ${DATASOURCE.type}`);
});

describe.each(built)('$file', ({ dashboard }) => {
  const panels = panelsOf(dashboard);

  test('says what it is', () => {
    expect(dashboard).toMatchObject({
      uid: expect.stringMatching(/^tracelore-/),
      title: expect.stringMatching(/^Tracelore \/ /),
      description: expect.stringMatching(/\.$/),
      tags: expect.arrayContaining(['agents']),
      editable: false,
    });
  });

  test('every panel has a stable id, a title, a description and data from the chosen source', () => {
    expect(new Set(panels.map((panel) => panel.id)).size).toBe(panels.length);
    for (const panel of panels) {
      expect(panel).toMatchObject({
        id: expect.any(Number),
        title: expect.stringMatching(/\S/),
        description: expect.stringMatching(/\.$/),
        datasource: { uid: '${datasource}' },
      });
      for (const target of panel.targets ?? []) {
        expect(target).toMatchObject({ refId: expect.stringMatching(/^[A-Z]$/), format: expect.any(Number) });
      }
    }
  });

  test('panels lie inside the grid and do not overlap', () => {
    const taken = panels.flatMap(({ gridPos = { x: 0, y: 0, w: 0, h: 0 } }) =>
      Array.from({ length: gridPos.w * gridPos.h }, (_, cell) => ({
        x: gridPos.x + (cell % gridPos.w),
        y: gridPos.y + Math.floor(cell / gridPos.w),
      })),
    );
    expect(taken.length).toBeGreaterThan(panels.length);
    expect(taken.filter(({ x }) => x >= GRID_COLUMNS)).toEqual([]);
    expect(new Set(taken.map(({ x, y }) => `${x}/${y}`)).size).toBe(taken.length);
  });

  test('variables reach SQL quoted or encoded, never bare', () => {
    const bare = panels.flatMap((panel) =>
      (panel.targets ?? []).flatMap(({ rawSql }) => rawSql?.match(/\$\{\w+\}/g) ?? []),
    );
    expect(bare).toEqual([]);
  });

  test('links name dashboards that exist', () => {
    const uids = [...JSON.stringify(dashboard).matchAll(/\/d\/([\w-]+)/g)].map((match) => match[1]);
    expect(uids.filter((uid) => !Object.values<string | undefined>(UID).includes(uid))).toEqual([]);
  });
});

describe('macros', () => {
  const context = {
    from: 1_700_000_000_500,
    to: 1_700_003_600_000,
    intervalMs: 30_000,
    variables: { all: '$__all', none: '', one: ["O'Brien"], two: ['a', 'b'], text: String.raw`50% \ 'x'` },
  };
  test.each([
    ['$__timeFilter(t)', 't >= toDateTime(1700000000) AND t <= toDateTime(1700003600)'],
    ['$__timeInterval(t)', 'toStartOfInterval(toDateTime(t), INTERVAL 30 second)'],
    ['$__conditionalAll(a IN (${all:singlequote}), $all)', '1=1'],
    ['$__conditionalAll(a = 1, $none)', '1=1'],
    ['$__conditionalAll(a IN (${one:singlequote}), $one)', String.raw`a IN ('O\'Brien')`],
    ['$__conditionalAll(a IN (${two:singlequote}), $two)', "a IN ('a','b')"],
    ["f('${text:percentencode}')", "f('50%25%20%5C%20%27x%27')"],
  ])('%s', (sql, want) => {
    expect(expandMacros(sql, context)).toBe(want);
  });

  test('an unknown variable or macro is an error, not silence', () => {
    expect(() => expandMacros('${nobody:singlequote}', context)).toThrow('nobody');
    expect(() => expandMacros('$__rateColumns(a)', context)).toThrow('$__rateColumns');
  });
});
