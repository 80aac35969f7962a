import { HumanMessage } from '@langchain/core/messages';
import { ATTR } from '@tracelore/sdk/contract';
import { captureSpans, startFakeService } from '@tracelore/sdk/testing';
import { expect, test } from 'vitest';

import { startScriptedModel } from '../testing/scripted-model.testing.ts';
import { startWeatherAgent } from '../testing/weather-agent.testing.ts';
import { instrumentLangChain, traceloreMiddleware } from './index.ts';
import { runs } from './run-book.ts';

const RUNS = 50;

/** Holds every caller until all of them have come: then all runs are in the same step at the same time. */
function meeting(size: number): () => Promise<void> {
  let open = (): void => {};
  const all = new Promise<void>((resolve) => (open = resolve));
  let come = 0;
  return () => {
    come += 1;
    if (come === size) open();
    return all;
  };
}

test('50 interleaved runs of one shared agent: no span, tool body or rule in a wrong run', async () => {
  const service = await startFakeService();
  service.serveKnowledge(({ task, unit }) => ({
    text: `[rule0001] a rule that was got for the city of ${String(task)}`,
    items: [
      { id: `rule-${String(task)}`, version: 1, kind: 'skill', content: '', appliesWhen: '', pinned: false },
    ],
    decision: String(unit),
    snapshot: 1,
    arm: 'served',
  }));
  const asked = meeting(RUNS);
  const answered = meeting(RUNS);
  const model = await startScriptedModel(async ({ messages }) => {
    const last = messages.at(-1);
    if (last?.['role'] === 'tool') {
      await answered();
      return { text: `done ${String(last['content'])}` };
    }
    await asked();
    return {
      toolCalls: [
        { id: `call-${String(last?.['content'])}`, name: 'get_weather', args: { city: last?.['content'] } },
      ],
    };
  });
  const spans = captureSpans({ apiUrl: service.url, knowledgeDeadlineMs: 10_000 });
  const uninstall = instrumentLangChain();
  try {
    const agent = startWeatherAgent(model.url, [traceloreMiddleware()]);
    const cities = Array.from({ length: RUNS }, (_, index) => `city-${index}`);
    const results = await Promise.all(
      cities.map((city) =>
        agent.invoke(
          { messages: [new HumanMessage(city)] },
          { configurable: { thread_id: `thread-${city}` } },
        ),
      ),
    );
    expect(results.map((result) => result.messages.at(-1)?.text)).toStrictEqual(
      cities.map((city) => `done ${JSON.stringify({ city, sky: 'sunny' })}`),
    );
    expect(runs.size).toBe(0);
    const roots = spans.spans.filter((span) => span.parentSpanId === '');
    expect(roots).toHaveLength(RUNS);
    for (const city of cities) {
      const conversation = `thread-${city}`;
      const own = spans.spans.filter((span) => span.attributes[ATTR.conversationId] === conversation);
      expect(own.map((span) => span.name).sort()).toStrictEqual([
        'chat gpt-test',
        'chat gpt-test',
        'execute_tool get_weather',
        'invoke_agent weatherman',
        'look up',
        'search_memory',
      ]);
      expect(new Set(own.map((span) => span.traceId)).size).toBe(1);
      expect(new Set(own.map((span) => span.attributes[ATTR.runId])).size).toBe(1);
      const tool = own.find((span) => span.name === 'execute_tool get_weather');
      const body = own.find((span) => span.name === 'look up');
      expect(body?.parentSpanId).toBe(tool?.spanId);
      expect(body?.attributes[ATTR.outputValue]).toBe(city);
      const told = own.filter((span) => span.attributes[ATTR.knowledgeDecision] !== undefined);
      expect(told).toHaveLength(4);
      for (const span of told) {
        expect(span.attributes[ATTR.knowledgeDecision]).toBe(conversation);
        expect(span.attributes[ATTR.knowledgeItems]).toStrictEqual([`rule-${city}@1`]);
      }
      const prompts = model.requests.filter((request) => model.promptOf(request).includes(`"${city}"`));
      expect(prompts).toHaveLength(2);
      for (const request of prompts) {
        expect(model.promptOf(request).match(/city of city-\d+/gu)).toStrictEqual([`city of ${city}`]);
      }
    }
  } finally {
    uninstall();
    spans.stop();
    await model.close();
    await service.close();
  }
});
