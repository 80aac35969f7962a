import { expect, test } from 'vitest';
import { createReadiness, readinessAnswer, type Check } from './readiness.ts';

const WELL: Check = { name: 'store', state: 'ok', detail: '' };

test('ready when every part works, with each of them named', async () => {
  const spool: Check = { name: 'spool', state: 'degraded', detail: '3 rows wait' };
  const look = createReadiness({
    isEnding: () => false,
    probe: () => Promise.resolve(),
    checks: () => [WELL, spool],
  });
  const answer = readinessAnswer(await look());
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    ready: true,
    checks: [
      spool,
      { name: 'service', state: 'ok', detail: '' },
      { name: 'database', state: 'ok', detail: '' },
      WELL,
    ],
  });
});

test('not ready says why, as a problem with the state of every part', async () => {
  const look = createReadiness({
    isEnding: () => true,
    probe: () => Promise.reject(new Error('nobody listens')),
    checks: () => [WELL],
  });
  const answer = readinessAnswer(await look());
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('retry-after')]).toEqual([
    503,
    'application/problem+json',
    '1',
  ]);
  expect(await answer.json()).toMatchObject({
    type: 'urn:tracelore:problem:not_ready',
    detail: 'service: the service is shutting down; database: the database does not answer: nobody listens',
    ready: false,
    checks: [{ name: 'service', state: 'failing' }, { name: 'database', state: 'failing' }, WELL],
  });
});

test('the database is asked once for many who look, and again later', async () => {
  let [asked, now] = [0, 0];
  const look = createReadiness(
    {
      isEnding: () => false,
      probe: () => {
        asked += 1;
        return Promise.resolve();
      },
      checks: () => [],
    },
    () => now,
  );
  await Promise.all([look(), look(), look()]);
  expect(asked).toBe(1);
  now += 1_000;
  await look();
  expect(asked).toBe(2);
});

test('a database that never answers is told of in time', async () => {
  const look = createReadiness({
    isEnding: () => false,
    probe: () => new Promise(() => undefined),
    checks: () => [],
  });
  expect(await look()).toContainEqual({
    name: 'database',
    state: 'failing',
    detail: 'the database did not answer within 2000 ms',
  });
});
