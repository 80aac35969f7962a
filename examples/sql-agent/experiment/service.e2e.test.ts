import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLearnerApi } from './learner-api.ts';
import { startService } from './service.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tracelore-service-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('starts a service that answers, and stops it', async () => {
  const service = await startService({ data: join(directory, 'data'), environment: {} });
  const api = createLearnerApi(service.api);
  expect(await api.rules()).toEqual([]);
  const task = { text: 'How many?', answer: '[[1]]', needs: [] };
  expect(await api.addEvalCases([task])).toBe(1);
  expect(await api.addEvalCases([task])).toBe(0);
  await service.stop();
  await service.stop();
  await expect(fetch(service.api)).rejects.toThrow('fetch failed');
});

test('a service that cannot start is an error with its own words', async () => {
  const data = join(directory, 'file');
  await writeFile(data, 'not a directory');
  await expect(startService({ data, environment: {} })).rejects.toThrow(
    /^tracelore up ended[\s\S]*(?:directory|file)/,
  );
});
