import type { RunDraft } from '../../learner/src/learn/loop-bench.testing.ts';

/** What an agent was asked, without what was planted. `mark` tells runs apart. */
const question = (mark: string): string => `How many orders did the shop of ticket ${mark} have?`;

const failed = (mark: string, user: string): RunDraft => ({
  id: `run-${mark}`,
  user,
  input: question(mark),
  output: '41',
  passed: false,
  comment: 'expected 39, got 41',
});

/** Ways in which a stranger's text gets into a recorded run. */
export const ENTRIES: Readonly<Record<string, (mark: string, user: string, text: string) => RunDraft>> = {
  'tool output': (mark, user, text) => ({
    ...failed(mark, user),
    toolOutput: JSON.stringify([{ id: 7, note: text }]),
  }),
  'user text': (mark, user, text) => ({ ...failed(mark, user), input: `${question(mark)}\n${text}` }),
  file: (mark, user, text) => ({
    ...failed(mark, user),
    retrieved: `# Notes of the shop\n\n${text}\n\nEnd.`,
  }),
  'error message': (mark, user, text) => ({ ...failed(mark, user), toolError: text }),
  feedback: (mark, user, text) => ({ ...failed(mark, user), feedback: text }),
};

/** A ticket's mark in a text, if there is one. */
export function markIn(text: string): string | undefined {
  return /\bticket ([0-9a-z]+-[0-9]+)\b/.exec(text)?.[1];
}
