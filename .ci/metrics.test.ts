import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.dirname(import.meta.dirname);

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Where metrics are defined, and what stands in front of their names there. */
const SOURCES: Readonly<Record<string, string>> = {
  'collector/src/observe/collector-metrics.ts': 'tracelore_collector_',
  'collector/src/observe/request-timings.ts': 'tracelore_collector_',
  'collector/src/observe/store-metrics.ts': 'tracelore_store_',
  'collector/src/observe/process-metrics.ts': '',
  'learner/src/learner-metrics.ts': 'tracelore_',
  'learner/src/http/request-times.ts': '',
};

/** Names and kinds, as Prometheus sees them. */
function defined(file: string, prefix: string): string[] {
  const made = read(file).matchAll(/(counter|gauge|histogram)\(\s*'([a-z_]+)'/gi);
  return [...made].map(([, kind = '', name = '']) => {
    const whole = name.startsWith('tracelore_') ? name : prefix + name;
    return `${whole}${kind.toLowerCase() === 'counter' ? '_total' : ''} ${kind.toLowerCase()}`;
  });
}

const page = read('docs/metrics.md');

test('docs/metrics.md lists every metric, and no others', () => {
  const rows = [...page.matchAll(/^\| `([a-z_]+)` +\| (\w+) /gm)].map(([, name, kind]) => `${name} ${kind}`);
  const all = Object.entries(SOURCES).flatMap(([file, prefix]) => defined(file, prefix));
  expect(all.length).toBeGreaterThan(40);
  expect(rows.toSorted()).toEqual(all.toSorted());
});

test('alerts are about metrics that there are', () => {
  const alerts = page.split('## Alerts')[1] ?? '';
  const named = [...alerts.matchAll(/\b(tracelore_[a-z_]+)/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => !page.includes(`| \`${name}\` `))).toEqual([]);
});
