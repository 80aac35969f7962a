import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ATTR } from './contract/attributes.ts';
import { isRecord } from './contract/decode.ts';
import { canonicalArguments, type RecordedCall } from './contract/recording.ts';
import { registerRunner, type Runner, type TrialFunction } from './runner.ts';
import { captureSpans, type SpanCapture } from './testing/capture-spans.ts';
import { type FakeService, startFakeService } from './testing/fake-service.ts';
import { trace } from './trace.ts';

let service: FakeService;
let capture: SpanCapture;
let runner: Runner | undefined;
/** What really happened, outside the agent. */
let effects: string[];

beforeEach(async () => {
  service = await startFakeService();
  capture = captureSpans({ apiUrl: service.url });
  effects = [];
});
afterEach(async () => {
  await runner?.stop();
  runner = undefined;
  capture.stop();
  await service.close();
});

const find = trace(
  'find',
  async (query: { readonly city: string; readonly day: number }): Promise<readonly string[]> => {
    effects.push(`found ${query.city}`);
    return [`${query.city} today`];
  },
  { kind: 'tool', replay: async (recorded) => JSON.parse(recorded) },
);
const pay = trace('pay', (order: string): string => (effects.push(`paid ${order}`), `paid ${order}`), {
  kind: 'tool',
  replay: (recorded) => recorded,
});
const mail = trace('mail', (to: string): void => void effects.push(`mailed ${to}`), { kind: 'tool' });

/** The report of one replay of this recording. */
async function replay(
  recording: readonly RecordedCall[],
  agent: TrialFunction,
): Promise<Readonly<Record<string, unknown>>> {
  service.addTrials({ trial: 't', task: 'task', expiresAt: Date.now() + 60_000, recording });
  runner = registerRunner(agent);
  await service.until(() => service.bodies('/v1/trials/report').length > 0);
  const [report] = service.bodies('/v1/trials/report');
  return isRecord(report) ? report : {};
}

const found = (city: string, result: string): RecordedCall => ({
  tool: 'find',
  arguments: `{"day":1,"city":"${city}"}`,
  result,
});

describe('a replay', () => {
  it('answers tools from the recording, whatever the order of fields, and runs none', async () => {
    const recording = [found('Oslo', '["then"]'), { tool: 'pay', arguments: 'o1', result: 'paid before' }];
    const report = await replay(recording, async () => {
      const [first] = await find({ city: 'Oslo', day: 1 });
      const [again] = await find({ city: 'Oslo', day: 1 });
      return `${first} ${again} ${pay('o1')}`;
    });
    expect(report).toMatchObject({
      output: 'then then paid before',
      replay: { answered: 3, divergences: [] },
    });
    expect(effects).toEqual([]);
    expect(capture.span('pay').attributes).toMatchObject({
      [ATTR.toolReplayable]: true,
      [ATTR.toolResult]: 'paid before',
    });
  });

  it('gives answers in their order, and none beyond the last when they differ', async () => {
    const recording = [found('Oslo', '["one"]'), found('Oslo', '["two"]')];
    const report = await replay(recording, async () => {
      const ask = (): Promise<readonly string[]> => find({ city: 'Oslo', day: 1 });
      return [...(await ask()), ...(await ask()), ...(await ask().catch(() => ['nothing']))].join(' ');
    });
    expect(report).toMatchObject({
      output: 'one two nothing',
      replay: { answered: 2, divergences: [expect.stringContaining('find was called 2 times')] },
    });
  });

  it('throws what the recorded call threw', async () => {
    const error = { type: 'RangeError', message: 'no such order' };
    const report = await replay([{ tool: 'pay', arguments: 'o1', result: '', error }], () => pay('o1'));
    expect(report).toMatchObject({ error: 'RangeError: no such order', replay: { answered: 1 } });
  });

  it('diverges where nothing was recorded, and for tools that cannot be replayed', async () => {
    let aborted = false;
    const report = await replay([found('Oslo', '[]')], async (_task, { signal }) => {
      const missed = await find({ city: 'Bergen', day: 1 }).catch((error: unknown) => String(error));
      aborted = signal.aborted;
      mail('a customer');
      return missed;
    });
    expect(report).toMatchObject({
      error: 'ReplayDivergence: mail cannot be replayed: it has no replay option',
      replay: {
        answered: 0,
        divergences: [
          'find was not called with {"city":"Bergen","day":1}',
          'mail cannot be replayed: it has no replay option',
        ],
      },
    });
    expect(aborted).toBe(true);
    expect(effects).toEqual([]);
  });

  it('is no matter of other trials, nor of runs in earnest', async () => {
    service.addTrials({ trial: 'plain', task: 'task', expiresAt: Date.now() + 60_000 });
    runner = registerRunner(() => pay('o2'));
    await service.until(() => service.bodies('/v1/trials/report').length > 0);
    expect(service.bodies('/v1/trials/report')[0]).toMatchObject({ output: 'paid o2' });
    expect(service.bodies('/v1/trials/report')[0]).not.toHaveProperty('replay');
    expect(effects).toEqual(['paid o2']);
  });
});

it('compares arguments by value', () => {
  expect(canonicalArguments(' {"b":[{"d":1,"c":2}],"a":null} ')).toBe(
    canonicalArguments('{"a":null,"b":[{"c":2,"d":1}]}'),
  );
  expect(canonicalArguments('[1,2]')).not.toBe(canonicalArguments('[2,1]'));
  expect(canonicalArguments(' select 1 ')).toBe('select 1');
});
