import { AIMessage } from '@langchain/core/messages';
import { StructuredTool, tool } from '@langchain/core/tools';
import { registerRunner, type Runner } from '@tracelore/sdk';
import { ATTR, type RecordedCall } from '@tracelore/sdk/contract';
import { captureSpans, type FakeService, type SpanCapture, startFakeService } from '@tracelore/sdk/testing';
import { createAgent, fakeModel } from 'langchain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';

import { instrumentLangChain, tracelore, type Uninstall } from './index.ts';

let service: FakeService;
let spans: SpanCapture;
let uninstall: Uninstall;
let runner: Runner | undefined;
/** What the tools really did. */
let effects: string[];

beforeEach(async () => {
  service = await startFakeService();
  spans = captureSpans({ apiUrl: service.url });
  uninstall = instrumentLangChain();
  effects = [];
});

afterEach(async () => {
  await runner?.stop();
  runner = undefined;
  uninstall();
  spans.stop();
  await service.close();
});

const order = z.object({ order: z.string(), count: z.number().default(1) });

const find = tool(
  async (asked) => {
    effects.push(`found ${asked.order}`);
    return { order: asked.order, price: 3 };
  },
  { name: 'find', description: 'finds an order', schema: order },
);

class Pay extends StructuredTool {
  override name = 'pay';
  override description = 'pays an order';
  override schema = order;

  override async _call(given: { order: string }): Promise<string> {
    effects.push(`paid ${given.order}`);
    if (given.order === 'o9') throw new RangeError('no such order');
    return `paid ${given.order}`;
  }
}

const receipt = tool(async () => ['here it is', { file: 'receipt.pdf' }], {
  name: 'receipt',
  description: 'gives a receipt',
  schema: z.object({}),
  responseFormat: 'content_and_artifact',
});

type Call = { readonly name: string; readonly args: Record<string, unknown> };

/** Calls the tools and answers with what the last of them said. */
async function runAgent(calls: readonly Call[], callbacks: object[] = []): Promise<string> {
  const model = fakeModel()
    .respondWithTools(calls.map((call, index) => ({ ...call, id: `call_${index}` })))
    .respond(new AIMessage('done'));
  const agent = createAgent({ name: 'clerk', model, tools: [find, new Pay(), receipt] });
  const result = await agent.invoke({ messages: [{ role: 'user', content: 'go' }] }, { callbacks });
  return result.messages
    .slice(2, -1)
    .map((message) => message.text)
    .join(' | ');
}

/** The tool calls of a run in earnest, as the learner reads them from its spans. */
async function recorded(calls: readonly Call[]): Promise<{
  readonly said: string;
  readonly recording: readonly RecordedCall[];
}> {
  const said = await runAgent(calls);
  const recording = spans.spans
    .filter(({ attributes }) => attributes[ATTR.toolReplayable] === true)
    .map(({ attributes, status, statusMessage }) => ({
      tool: String(attributes[ATTR.toolName]),
      arguments: String(attributes[ATTR.toolArguments]),
      result: status === 'error' ? '' : String(attributes[ATTR.toolResult]),
      ...(status === 'error'
        ? { error: { type: String(attributes[ATTR.errorType]), message: statusMessage } }
        : {}),
    }));
  effects = [];
  return { said, recording };
}

async function replayed(recording: readonly RecordedCall[], agent: () => Promise<string>): Promise<unknown> {
  service.addTrials({ trial: 't', task: 'go', expiresAt: Date.now() + 60_000, recording });
  runner = registerRunner(agent);
  await service.until(() => service.bodies('/v1/trials/report').length > 0);
  return service.bodies('/v1/trials/report')[0];
}

const CALLS: readonly Call[] = [
  { name: 'find', args: { order: 'o1' } },
  { name: 'pay', args: { count: 2, order: 'o1' } },
  { name: 'pay', args: { order: 'o9' } },
];

test('tools are answered from the recording, errors too, and none runs', async () => {
  const { said, recording } = await recorded(CALLS);
  expect(said).toContain('"price":3');
  expect(recording.map((call) => call.tool).sort()).toEqual(['find', 'pay', 'pay']);
  const report = await replayed(recording, () => runAgent(CALLS));
  expect(report).toMatchObject({ output: said, replay: { answered: 3, divergences: [] } });
  expect(effects).toEqual([]);
});

test('a call that was not recorded is a divergence, not a run of the tool', async () => {
  const { recording } = await recorded(CALLS.slice(0, 2));
  const report = await replayed(recording, () => runAgent([{ name: 'pay', args: { order: 'o2' } }]));
  expect(report).toMatchObject({
    replay: { answered: 0, divergences: ['pay was not called with {"order":"o2"}'] },
  });
  expect(effects).toEqual([]);
});

test('a call that gives more than text is not offered for replays', async () => {
  const { said, recording } = await recorded([{ name: 'receipt', args: {} }]);
  expect(said).toBe('here it is');
  expect(recording).toEqual([]);
});

test('where nothing is patched tools cannot be answered, and do not run in a replay', async () => {
  const { recording } = await recorded(CALLS.slice(0, 1));
  uninstall();
  const report = await replayed(recording, () => runAgent(CALLS.slice(0, 1), [tracelore()]));
  expect(report).toMatchObject({
    replay: { answered: 0, divergences: ['find cannot be replayed: it has no replay option'] },
  });
  expect(effects).toEqual([]);
});
