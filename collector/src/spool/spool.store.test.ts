import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCollector } from '../collector.ts';
import { StoreError } from '../store/store-error.ts';
import { openTemporaryStore, type TemporaryStore } from '../store/testing/temporary-store.ts';
import type { Store } from '../store/store.ts';
import { post, spanRequest, type SpanRequest } from '../testing/post.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';

let temporary: TemporaryStore;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  directory = await temporaryDirectory('spool-store');
});
afterAll(async () => {
  await temporary.remove();
  await directory.remove();
});

/** The store, with a way to it that can break: before an insert, or after it, when nobody hears that it is stored. */
function breakable(store: Store): { store: Store; way: { broken: 'no' | 'before' | 'after' } } {
  const way: { broken: 'no' | 'before' | 'after' } = { broken: 'no' };
  return {
    way,
    store: {
      ...store,
      writePrepared: async (batches, token) => {
        if (way.broken === 'before') throw new StoreError('NETWORK_ERROR', 'nobody listens');
        if (way.broken === 'no') return await store.writePrepared(batches, token);
        await store.writePrepared(store.unpack(Buffer.concat(store.pack(batches))), token);
        throw new StoreError('SOCKET_TIMEOUT', 'no answer');
      },
    },
  };
}

const SECRET = `sk-proj-${'a1B2'.repeat(12)}`;

function request(): SpanRequest {
  return spanRequest({ attributes: [{ key: 'note', value: { stringValue: `uses ${SECRET}` } }] });
}

async function rows(): Promise<{ raw: string; seen: string; secrets: string }> {
  const [counted] = await temporary.store.driver.query<{ raw: string; seen: string; secrets: string }>(
    `SELECT count() AS raw, uniqExact(trace_id, span_id) AS seen, countIf(position(toString(attributes), '${SECRET}') > 0) AS secrets
     FROM tracelore.spans`,
  );
  return counted ?? { raw: '', seen: '', secrets: '' };
}

test('what the spool took is stored once, redacted, by the next process, its runs and all', async () => {
  const { store, way } = breakable(temporary.store);
  const options = { store, port: 0, commitIntervalMs: 0, onError: () => undefined };
  const first = createCollector({ ...options, spool: { directory: directory.path } });
  await first.start();
  const requests = [request(), request(), request()];
  way.broken = 'after';
  expect((await post(first.address.url, requests[0] ?? {})).status).toBe(200);
  way.broken = 'before';
  for (const body of requests.slice(1)) expect((await post(first.address.url, body)).status).toBe(200);
  expect(first.stats().spool).toMatchObject({ records: 3, rows: 3 });
  // The engine stays away until after the end.
  await first.shutdown();

  way.broken = 'no';
  const second = createCollector({ ...options, spool: { directory: directory.path } });
  await second.start();
  await second.settleRuns();
  expect(second.stats().spool).toMatchObject({ records: 0, bytes: 0 });
  expect(await rows()).toEqual({ raw: '3', seen: '3', secrets: '0' });
  expect(await temporary.store.listRuns({ project: 'default' })).toHaveLength(3);
  await second.shutdown();
});
