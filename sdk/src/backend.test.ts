import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import type { LocalService } from './backend.ts';
import type { KnowledgeAnswer, KnowledgeRequest } from './contract/knowledge.ts';
import type { TrialLease, TrialReport } from './contract/trial.ts';
import { getKnowledge } from './knowledge.ts';
import { openBackend, type OpenBackend } from './node/open-backend.ts';
import { currentRun } from './outcome.ts';
import { registerRunner } from './runner.ts';
import { startFakeService, type FakeService } from './testing/fake-service.ts';
import { trace } from './trace.ts';
import { withBackend } from './with-context.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A service in this process that knows one rule set per trial, and says which questions it got. */
function localService(
  text: string,
  leases: readonly TrialLease[] = [],
): LocalService & {
  readonly asked: KnowledgeRequest[];
  readonly reported: Promise<TrialReport>;
} {
  const waiting = [leases];
  const asked: KnowledgeRequest[] = [];
  const { promise: reported, resolve } = Promise.withResolvers<TrialReport>();
  return {
    asked,
    reported,
    ask: (request) => {
      asked.push(request);
      const answer: KnowledgeAnswer = { text, items: [], decision: 'd', snapshot: 1, arm: 'served' };
      return Promise.resolve(answer);
    },
    lease: async (_request, signal) => {
      const next = waiting.shift();
      if (next !== undefined) return next;
      await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
      return [];
    },
    report: async (report) => resolve(report),
  };
}

async function open(service: LocalService): Promise<{ backend: OpenBackend; collector: FakeService }> {
  const collector = await startFakeService();
  closers.push(() => collector.close());
  const spoolDirectory = mkdtempSync(join(tmpdir(), 'backend-'));
  const backend = openBackend({ otlpEndpoint: collector.url, spoolDirectory }, service);
  closers.push(async () => {
    await backend.close();
    rmSync(spoolDirectory, { recursive: true, force: true });
  });
  return { backend, collector };
}

describe('a backend', () => {
  it('belongs to the running code: two side by side keep their spans and their answers apart', async () => {
    const [left, right] = [localService('left'), localService('right')];
    const [a, b] = [await open(left), await open(right)];
    const agent = trace('agent', async (task: string) => `${task}: ${await getKnowledge(task)}`);
    const answers = await Promise.all([
      withBackend(a.backend, () => agent('one')),
      withBackend(b.backend, () => agent('two')),
    ]);
    expect(answers).toEqual(['one: left', 'two: right']);
    await Promise.all([a.backend.flush(), b.backend.flush()]);
    const names = (service: FakeService): unknown[] => service.spans.map(({ name }) => name).sort();
    expect(names(a.collector)).toEqual(['agent', 'search_memory']);
    expect(names(b.collector)).toEqual(['agent', 'search_memory']);
    expect(left.asked.map(({ task }) => task)).toEqual(['one']);
  });

  it('starts runs of its own under code of another backend', async () => {
    const [a, b] = [await open(localService('')), await open(localService(''))];
    const inner = trace('inner', () => currentRun()?.id);
    const outer = trace('outer', () => [currentRun()?.id, withBackend(b.backend, inner)]);
    const [first, second] = withBackend(a.backend, outer);
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
  });

  it('never rejects when its service fails', async () => {
    const { backend } = await open({
      ...localService(''),
      ask: () => Promise.reject(new Error('no store')),
    });
    expect(await withBackend(backend, () => getKnowledge('task'))).toBe('');
  });

  it('runs trials of its own service, in which the agent is asked about by the trial', async () => {
    const lease = { trial: 't1', task: 'how many?', expiresAt: Date.now() + 60_000 };
    const service = localService('the rule under test', [lease]);
    const { backend } = await open(service);
    const agent = trace('agent', async (task: string) => await getKnowledge(task));
    const runner = withBackend(backend, () => registerRunner((task) => agent(task)));
    closers.push(() => runner.stop());
    expect(await service.reported).toMatchObject({ trial: 't1', output: 'the rule under test' });
    expect(service.asked).toMatchObject([{ trial: 't1' }]);
  });
});
