import { expect, it } from 'vitest';
import { contentText } from './content-text.ts';

it('keeps canonical messages as they were sent', () => {
  for (const text of [
    '[{"role":"user","parts":[{"type":"text","content":"\\"system\\" or "}]}]',
    '[{"role": "user", "parts": [{"type": "text", "content": "hello"}]}]',
  ])
    expect(contentText(text)).toEqual({ text, system: undefined });
});

it('makes canonical what is not: parts without a type, the role of another vendor', () => {
  expect(contentText('[{"role":"user","parts":[{"text":"hello"}]}]').text).toBe(
    '[{"role":"user","parts":[{"type":"text","content":"hello"}]}]',
  );
  expect(contentText('[{"role":"model","parts":[{"type":"text","content":"hello"}]}]').text).toBe(
    '[{"role":"assistant","parts":[{"type":"text","content":"hello"}]}]',
  );
});

it('lifts the leading system message out', () => {
  const messages = [
    { role: 'developer', parts: [{ type: 'text', content: 'Be brief.' }] },
    { role: 'user', parts: [{ type: 'text', content: 'hello' }] },
  ];
  expect(contentText(JSON.stringify(messages))).toEqual({
    text: JSON.stringify(messages),
    system: 'Be brief.',
  });
});
