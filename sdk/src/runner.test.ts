import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ATTR } from './contract/attributes.ts';
import { isRecord } from './contract/decode.ts';
import { getKnowledge } from './knowledge.ts';
import { registerRunner, type Runner } from './runner.ts';
import { captureSpans, type SpanCapture } from './testing/capture-spans.ts';
import { type FakeService, startFakeService } from './testing/fake-service.ts';
import { trace } from './trace.ts';

let service: FakeService;
let capture: SpanCapture;
let runner: Runner | undefined;

beforeEach(async () => {
  service = await startFakeService();
  capture = captureSpans({ apiUrl: service.url, project: 'p' });
});
afterEach(async () => {
  await runner?.stop();
  runner = undefined;
  capture.stop();
  await service.close();
});

const lease = (trial: string, task: string = 'task') => ({ trial, task, expiresAt: Date.now() + 60_000 });
const reports = (): Readonly<Record<string, unknown>>[] =>
  service.bodies('/v1/trials/report').filter(isRecord);
const reported = (n: number): Promise<void> => service.until(() => reports().length >= n);

describe('registerRunner', () => {
  it('runs trials in their context and reports output, score and trace', async () => {
    service.serveKnowledge((request) => ({
      text: String(request['trial']),
      items: [],
      decision: 'd',
      snapshot: 1,
      arm: 'override',
    }));
    const agent = trace('agent', async (task: string) => `${task} ${await getKnowledge(task)}`);
    service.addTrials({ ...lease('t1', 'count'), input: { db: 'x' } });
    runner = registerRunner((task, { input }) => agent(`${task} ${JSON.stringify(input)}`), {
      agent: 'sql',
      score: (output) => (output.includes('count') ? 0.75 : 0),
    });
    await reported(1);
    const [report] = reports();
    expect(report).toMatchObject({
      trial: 't1',
      output: 'count {"db":"x"} t1',
      score: 0.75,
      durationMs: expect.any(Number),
    });
    for (const name of ['agent', 'search_memory']) {
      expect(capture.span(name).attributes[ATTR.trialId]).toBe('t1');
      expect(capture.span(name).traceId).toBe(report?.['traceId']);
    }
    expect(capture.span('agent').attributes[ATTR.operation]).toBe('invoke_agent');
    expect(service.bodies('/v1/knowledge/get')).toMatchObject([{ agent: 'agent', trial: 't1' }]);
    expect(service.bodies('/v1/trials/lease')[0]).toMatchObject({ agent: 'sql', project: 'p', max: 4 });
  });

  it('reports errors of the agent as errors', async () => {
    service.addTrials(lease('t1'));
    runner = registerRunner(() => {
      throw new RangeError('no such table');
    });
    await reported(1);
    expect(reports()[0]).toMatchObject({ trial: 't1', error: 'RangeError: no such table' });
    expect(reports()[0]).not.toHaveProperty('output');
  });

  it('reports a trial whose knowledge could not be got as an error: it ran under a wrong rule set', async () => {
    service.answerWith((request) => (request.path === '/v1/knowledge/get' ? { status: 500 } : undefined));
    service.addTrials(lease('t1'));
    runner = registerRunner(async (task) => `ran with "${await getKnowledge(task)}"`);
    await reported(1);
    expect(reports()[0]).toMatchObject({ trial: 't1', error: 'knowledge could not be got' });
    expect(reports()[0]).not.toHaveProperty('output');
  });

  it('keeps to its concurrency', async () => {
    let running = 0;
    let most = 0;
    service.addTrials(...Array.from({ length: 12 }, (_, n) => lease(`t${n}`)));
    runner = registerRunner(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return 'x';
      },
      { concurrency: 3 },
    );
    await reported(12);
    expect(most).toBeLessThanOrEqual(3);
    expect(new Set(reports().map((report) => report['trial'])).size).toBe(12);
  });

  it('goes on when the service comes back after a restart', async () => {
    const port = Number(new URL(service.url).port);
    runner = registerRunner(() => 'answer');
    await service.until(() => service.bodies('/v1/trials/lease').length === 0);
    await service.close();
    service = await startFakeService(port);
    service.addTrials(lease('later'));
    await reported(1);
    expect(reports()[0]).toMatchObject({ trial: 'later', output: 'answer' });
  });

  it('stops: open trials are aborted and nothing more is leased', async () => {
    service.addTrials(lease('t1'));
    let aborted = false;
    let started: () => void = () => {};
    const begun = new Promise<void>((resolve) => (started = resolve));
    const stopped = registerRunner(
      (_task, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            resolve('late');
          });
          started();
        }),
    );
    await begun;
    await stopped.stop();
    expect(aborted).toBe(true);
    expect(reports()).toEqual([]);
  });
});
