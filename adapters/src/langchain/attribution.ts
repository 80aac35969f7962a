import { currentKnowledge } from '@tracelore/sdk';

import { textOf } from './messages.ts';
import { parentSpan, type RunRecord } from './run-book.ts';

/** Shorter lines (fences, headings) could be in any prompt by chance, characters. */
const TELLING_LINE_MIN = 16;

/**
 * Whether a model call's prompt holds the text that was got for it. An agent within an agent is not shown what the outer
 * one was; attributing it would blame rules for calls that never saw them. An answer without text (nothing relevant,
 * hold-out) counts as seen: there was nothing to show. Any one line suffices, since applications lay text out anew.
 */
export function sawKnowledge(parent: RunRecord | undefined, messages: readonly unknown[]): boolean {
  const span = parentSpan(parent);
  const known = span === undefined ? currentKnowledge() : span.run(currentKnowledge);
  return known === undefined || known.text === '' || shows(messages, known.text);
}

/** Whether any message holds at least one telling line of a text. */
export function shows(messages: readonly unknown[], text: string): boolean {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length >= TELLING_LINE_MIN);
  const wanted = lines.length === 0 ? [text.trim()] : lines;
  return messages.some((message) => {
    const said = textOf(message);
    return wanted.some((line) => said.includes(line));
  });
}
