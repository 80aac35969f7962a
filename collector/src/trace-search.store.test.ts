import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCollector } from './collector.ts';
import type { SpanFilter } from './store/run-filter.ts';
import { openTemporaryStore, type TemporaryStore } from './store/testing/temporary-store.ts';
import { post } from './testing/post.ts';

/** Traces and queries of Jaeger's own storage tests; absent from a checkout of the product alone. */
const DATA = new URL('../../../shared/data/jaeger/', import.meta.url);

interface JaegerQuery {
  readonly id: string;
  readonly service: string;
  readonly spanName?: string;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly startTimeMin: string;
  readonly startTimeMax: string;
  readonly durationMinNs?: number;
  readonly durationMaxNs?: number;
  readonly limit: number;
  readonly flags?: readonly string[];
  readonly expected: readonly string[];
}

const queries: JaegerQuery[] = existsSync(DATA)
  ? readFileSync(new URL('queries.jsonl', DATA), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : [];

function spanFilter(query: JaegerQuery): SpanFilter {
  return {
    service: query.service,
    ...(query.spanName === undefined ? {} : { name: query.spanName }),
    ...(query.durationMinNs === undefined ? {} : { minDurationMs: query.durationMinNs / 1e6 }),
    ...(query.durationMaxNs === undefined ? {} : { maxDurationMs: query.durationMaxNs / 1e6 }),
    attributes: Object.entries(query.attributes ?? {}).map(([name, value]) => [name, String(value)]),
  };
}

describe.skipIf(queries.length === 0)('the queries of Jaeger', () => {
  let temporary: TemporaryStore;
  const nameOf = new Map<string, string>();
  beforeAll(async () => {
    temporary = await openTemporaryStore();
    const collector = createCollector({ store: temporary.store, port: 0, commitIntervalMs: 0 });
    await collector.start();
    for (const file of readdirSync(new URL('traces/', DATA))) {
      const body = readFileSync(new URL(`traces/${file}`, DATA), 'utf8');
      for (const [, id] of body.matchAll(/"traceId":"([0-9a-f]{32})"/g)) {
        nameOf.set(id ?? '', file.replace('.json', ''));
      }
      const answer = await post(collector.address.url, Buffer.from(body), {
        path: '/v1/traces',
        type: 'application/json',
      });
      if (answer.status !== 200) throw new Error(`${file} was answered ${answer.status}`);
    }
    await collector.settleRuns();
    await collector.shutdown();
  });
  afterAll(async () => await temporary.remove());

  // Values are compared whole; patterns in them are no part of the search.
  test.each(queries.filter(({ flags }) => flags?.includes('wildcard-or-regexp-attribute') !== true))(
    '$id',
    async (query) => {
      const { runs } = await temporary.store.searchRuns({
        project: 'default',
        span: spanFilter(query),
        startedAfterMs: Date.parse(query.startTimeMin),
        startedBeforeMs: Date.parse(query.startTimeMax),
        limit: 500,
      });
      expect(runs.map((run) => nameOf.get(run.traceId) ?? '').sort()).toEqual([...query.expected].sort());
    },
  );
});
