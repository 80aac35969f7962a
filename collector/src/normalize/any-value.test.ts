import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttributeValue, SpanRecord } from '../records.ts';
import { normalized, RECEIVED_AT_MS, spanOf, START_NS } from '../testing/span-of.ts';
import { DIALECTS } from './dialects/index.ts';
import { normalizeLogs } from './normalize-log.ts';

/** Names that dialects read beside their tables. */
const REFINED = [
  'ai.model',
  'ai.prompt',
  'ai.response',
  'ai.response.providerMetadata',
  'ai.response.text',
  'ai.response.toolCalls',
  'cache_creation_tokens',
  'cache_read_tokens',
  'duration_ms',
  'event.name',
  'events',
  'gcp.vertex.agent.llm_request',
  'gcp.vertex.agent.llm_response',
  'genkit:input',
  'genkit:metadata:subtype',
  'genkit:name',
  'genkit:output',
  'langfuse.observation.completion_start_time',
  'langfuse.observation.cost_details',
  'langfuse.observation.metadata',
  'langfuse.observation.usage_details',
  'langfuse.tags',
  'langwatch.metadata',
  'langwatch.metrics',
  'llm.invocation_parameters',
  'logfire.feedback.name',
  'logfire.msg_template',
  'mastra.model_step.input',
  'metadata',
  'mlflow.chat.tokenUsage',
  'mlflow.llm.cost',
  'name',
  'prompt.id',
  'request_data',
  'response_data',
  'success',
  'thoughts_token_count',
  'usage',
];
const NAMES = [
  ...new Set([
    ...REFINED,
    ...DIALECTS.flatMap(({ sources, operations }) => [
      ...Object.values(sources).flatMap((names) =>
        names.map((name) => name.replace('*', '0.message.content')),
      ),
      ...Object.keys(operations ?? {}),
    ]),
  ]),
];
const SCOPES = ['app', ...DIALECTS.flatMap(({ scopes }) => scopes)];

/** Keys that content has in one dialect or another, so that values get behind the first look. */
const key = fc.constantFrom(
  ...`role content parts type text messages message usage tool_calls name cost total_cost total input
    output candidates generations config contents lc kwargs id __proto__ model input_tokens outputTokens
    thoughtsTokens finishReason event.name system prompt value tools`.split(/\s+/),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.string(),
      fc.constantFrom('user', 'model', '', '1e400', '-1'),
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
})).value;
const attribute: fc.Arbitrary<AttributeValue> = fc.oneof(
  json.map((value) => JSON.stringify(value) ?? ''),
  fc.string(),
  fc.double(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.boolean(),
  fc.constant(null),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => new Uint8Array(bytes)),
  json.map(attributeValueOf),
);

function attributeValueOf(value: unknown): AttributeValue {
  if (Array.isArray(value)) return value.map(attributeValueOf);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, attributeValueOf(member)]));
}

/** Columns of a span that do not hold what they may. */
function faultsIn(span: SpanRecord): string[] {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = span;
  const counts = [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens];
  const { input, output, systemInstructions, toolDefinitions, requestModel, agent, tool, tags } = span;
  const texts = [input, output, systemInstructions, toolDefinitions, requestModel, agent, tool, ...tags];
  const cost = span.costNanoUsd;
  const checks: Readonly<Record<string, boolean>> = {
    interpreted: !span.warnings.includes('not_interpreted'),
    counts: counts.every((count) => count === null || isCount(count, 0xffff_ffff)),
    cost: cost === null ? span.costSource === '' : isCount(cost, Number.MAX_SAFE_INTEGER),
    texts: texts.every((text) => typeof text === 'string'),
    ids: /^[0-9a-f]{32}$/.test(span.traceId) && /^[0-9a-f]{16}$/.test(span.spanId),
    start: span.startUnixNano > 0n,
  };
  return Object.keys(checks).filter((what) => checks[what] === false);
}

function isCount(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}

const attributes = fc.dictionary(fc.constantFrom(...NAMES), attribute, { minKeys: 1, maxKeys: 8 });

test('whatever stands under names of any dialect, a span is interpreted and its columns hold what they may', () => {
  fc.assert(
    fc.property(attributes, fc.constantFrom(...SCOPES), (values, scope) => {
      expect(faultsIn(normalized(values, { scope }).span)).toStrictEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

test('so do spans that log records tell of', () => {
  const events = [
    'user_prompt',
    'api_request',
    'codex.sse_event',
    'codex.tool_result',
    'gemini_cli.api_response',
    '',
  ];
  fc.assert(
    fc.property(
      attributes,
      fc.constantFrom(...events),
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      (values, eventName, at) => {
        const { resource, scope } = spanOf({}, { scope: 'com.anthropic.claude_code.events' });
        const logs = [
          {
            resource,
            scope,
            timeUnixNano: at,
            observedTimeUnixNano: START_NS,
            traceId: '',
            spanId: '',
            flags: 0,
            severityNumber: 9,
            severityText: '',
            eventName,
            body: null,
            attributes: new Map(
              Object.entries({ model: 'm', input_tokens: '1', 'gen_ai.request.model': 'm', ...values }),
            ),
          },
        ];
        const { spans } = normalizeLogs(logs, () => 'test', RECEIVED_AT_MS);
        expect(spans.flatMap(faultsIn)).toStrictEqual([]);
      },
    ),
    { numRuns: 1_000 },
  );
});
