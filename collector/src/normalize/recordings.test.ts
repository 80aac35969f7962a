import { expect, test } from 'vitest';
import { CONVENTIONS } from '../testing/recordings/conventions.ts';
import { FRAMEWORKS } from '../testing/recordings/frameworks.ts';
import { GEN_AI } from '../testing/recordings/gen-ai.ts';
import { OPENINFERENCE } from '../testing/recordings/openinference.ts';
import { PLATFORMS } from '../testing/recordings/platforms.ts';
import { STRANDS } from '../testing/recordings/strands.ts';
import { VENDORS } from '../testing/recordings/vendors.ts';
import { normalized } from '../testing/span-of.ts';

/** What senders really write, in our words and with our values: shapes as in their own tests of 2025 and 2026. */
const FAMILIES = { CONVENTIONS, VENDORS, GEN_AI, OPENINFERENCE, STRANDS, FRAMEWORKS, PLATFORMS };

const CASES = Object.entries(FAMILIES).flatMap(([family, recordings]) =>
  Object.entries(recordings).map(([name, told]) => [`${family}: ${name}`, told] as const),
);

test.each(CASES)('%s', (_name, { dialect, attributes, fields, span: wanted, input, output }) => {
  const { span } = normalized(attributes, fields);
  expect(span).toMatchObject({ dialect, warnings: [], ...wanted });
  expect(input === undefined ? undefined : JSON.parse(span.input)).toStrictEqual(input);
  expect(output === undefined ? undefined : JSON.parse(span.output)).toStrictEqual(output);
  expect([...span.attributes.keys()]).toStrictEqual(Object.keys(attributes));
});

test.each([
  [
    '5',
    'ai.usage.inputTokens',
    25n,
    '{"usage":{"input_tokens":25},"cacheCreationInputTokens":10,"cacheReadInputTokens":40}',
  ],
  ['4', 'ai.usage.promptTokens', 25n, '{"cacheCreationInputTokens":10,"cacheReadInputTokens":40}'],
  [
    '6',
    'ai.usage.inputTokens',
    75n,
    '{"usage":{"input_tokens":25},"cacheCreationInputTokens":10,"cacheReadInputTokens":40}',
  ],
])('the AI SDK %s and cached tokens of Anthropic', (_major, name, count, metadata) => {
  const { span } = normalized(
    {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'anthropic.messages',
      [name]: count,
      'ai.response.providerMetadata': `{"anthropic":${metadata}}`,
    },
    { scope: 'ai' },
  );
  expect(span).toMatchObject({ inputTokens: 75, cacheReadTokens: 40, cacheWriteTokens: 10, warnings: [] });
});
