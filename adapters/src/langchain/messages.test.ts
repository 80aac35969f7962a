import { AIMessage, ChatMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { anything, assert, property } from 'fast-check';
import { describe, expect, test } from 'vitest';

import { lastUserText, toConversation, toMessage } from './messages.ts';

describe('a message in the form of the conventions', () => {
  test.for([
    ['text', 'hi', { role: 'user', parts: [{ type: 'text', content: 'hi' }] }],
    ['a pair', ['ai', 'hi'], { role: 'assistant', parts: [{ type: 'text', content: 'hi' }] }],
    [
      'a plain object',
      { role: 'user', content: 'hi' },
      { role: 'user', parts: [{ type: 'text', content: 'hi' }] },
    ],
    [
      'a role of its own',
      new ChatMessage('hi', 'critic'),
      { role: 'critic', parts: [{ type: 'text', content: 'hi' }] },
    ],
    ['empty text', new AIMessage(''), { role: 'assistant', parts: [] }],
    [
      'thoughts and text',
      new AIMessage({
        content: [
          { type: 'thinking', thinking: 'hm' },
          { type: 'text', text: 'yes' },
        ],
      }),
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'hm' },
          { type: 'text', content: 'yes' },
        ],
      },
    ],
    [
      'a tool call, once, though the content repeats it',
      new AIMessage({
        content: [{ type: 'tool_use', id: 'c', name: 'f', input: { a: 1 } }],
        tool_calls: [{ id: 'c', name: 'f', args: { a: 1 } }],
      }),
      { role: 'assistant', parts: [{ type: 'tool_call', name: 'f', id: 'c', arguments: { a: 1 } }] },
    ],
    [
      'a tool call whose arguments are no JSON',
      new AIMessage({
        content: '',
        invalid_tool_calls: [{ id: 'c', name: 'f', args: '{"a":', error: 'x', type: 'invalid_tool_call' }],
      }),
      { role: 'assistant', parts: [{ type: 'tool_call', name: 'f', id: 'c', arguments: '{"a":' }] },
    ],
    [
      "a provider's own form of a tool call",
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 'c', function: { name: 'f', arguments: '{"a":1}' } }],
      },
      { role: 'assistant', parts: [{ type: 'tool_call', name: 'f', id: 'c', arguments: { a: 1 } }] },
    ],
    [
      'a tool result that is text',
      new ToolMessage({ content: 'sunny', tool_call_id: 'c' }),
      { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: 'sunny' }] },
    ],
    [
      'a picture by address and one inline',
      new HumanMessage({
        content: [
          { type: 'image_url', image_url: { url: 'https://x/y.png' } },
          { type: 'image_url', image_url: 'data:image/png;base64,AAAA' },
        ],
      }),
      {
        role: 'user',
        parts: [
          { type: 'uri', modality: 'image', uri: 'https://x/y.png' },
          { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'AAAA' },
        ],
      },
    ],
  ] as const)('%s', ([, message, expected]) => {
    expect(toMessage(message)).toStrictEqual(expected);
  });

  test('is made of anything without a throw', () => {
    assert(
      property(anything(), (value) => {
        expect(Array.isArray(toMessage(value).parts)).toBe(true);
      }),
    );
  });
});

test('system text is told apart at the beginning only', () => {
  const { system, messages } = toConversation([
    new SystemMessage('a'),
    { role: 'developer', content: 'b' },
    new HumanMessage('q'),
    new SystemMessage('later'),
  ]);
  expect(system.map((part) => part['content'])).toStrictEqual(['a', 'b']);
  expect(messages.map((message) => message.role)).toStrictEqual(['user', 'system']);
});

test('the task is what the user asked last', () => {
  const blocks = new HumanMessage({ content: [{ type: 'text', text: 'second' }] });
  expect(lastUserText([new HumanMessage('first'), blocks, new AIMessage('answer')])).toBe('second');
  expect(lastUserText([new AIMessage('answer')])).toBe('');
});
