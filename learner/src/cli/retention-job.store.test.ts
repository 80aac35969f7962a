import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createCollector } from '@tracelore/collector';
import { openStore, openTenancy } from '@tracelore/collector/store';
import { expect, test } from 'vitest';
import { startRetention } from './retention-job.ts';

const DAY_MS = 86_400_000;

test('traces older than their project keeps them go by themselves, until it is stopped', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'retention-'));
  const store = await openStore({ location: { kind: 'embedded', directory } });
  const collector = createCollector({ store, port: 0 });
  await collector.start();
  for (const [index, age] of [1, 40].entries()) {
    const time = String(BigInt(Date.now() - age * DAY_MS) * 1_000_000n);
    const span = {
      traceId: String(index + 1).repeat(32),
      spanId: 'b'.repeat(16),
      name: `${age} days old`,
      startTimeUnixNano: time,
      endTimeUnixNano: time,
    };
    await fetch(`${collector.address.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    });
  }
  await collector.shutdown();
  const names = async (): Promise<string[]> =>
    (await store.listRuns({ project: 'default' })).map(({ name }) => name);
  expect(await names()).toHaveLength(2);
  const problems: string[] = [];
  const report = (text: string): void => void problems.push(text);
  const { audit } = await openTenancy({ store, apiKeys: [], report });
  const config = { retentionDays: { days: 30 }, auditDays: 365 };
  const job = startRetention({ store, config, audit, report, pauseMs: 1 });
  for (let look = 0; look < 20_000 && (await names()).length > 1; look += 1) await pause(10);
  await job.stop();
  expect(await names()).toStrictEqual(['1 days old']);
  expect(await audit.list(['*'], { limit: 9 })).toMatchObject([{ action: 'retention.run', result: 'done' }]);
  expect(problems).toStrictEqual([]);
  await store.close();
  await rm(directory, { recursive: true });
});
