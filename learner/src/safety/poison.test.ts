import { describe, expect, it } from 'vitest';
import type { Lesson, Quote } from '../analyzers/analyzer.ts';
import type { FailureSample } from '../analyzers/failure-samples.ts';
import { gateLesson, type LessonVerdict } from '../analyzers/lesson-gate.ts';
import { tracedRun } from '../analyzers/traced-run.testing.ts';
import type { TracedRun } from '../analyzers/traced-run.ts';
import { admit } from '../knowledge/admission.ts';
import { capabilitiesOf } from './capabilities.ts';
import { corroborationProblem, needsCorroboration } from './corroboration.ts';
import { plantPoison, type Poison } from './poison.testing.ts';

/** Enough to meet every family in every disguise; `bench/poison` plants them all. */
const PLANTED = plantPoison('planted', 120);
const CHECK = { source: 'check', passed: false, comment: 'expected 39, got 41' } as const;

/** Ways in which a stranger's text gets into a run. The last span or the last outcome holds it. */
const ENTRIES: Readonly<Record<string, (text: string) => TracedRun>> = {
  'tool output': (text) =>
    run({ spans: [{}, { kind: 'tool', output: JSON.stringify([{ note: text }]) }], outcomes: [CHECK] }),
  'user text': (text) => run({ spans: [{ input: `How many? ${text}` }], outcomes: [CHECK] }),
  'a retrieved file': (text) =>
    run({ spans: [{}, { kind: 'retriever', output: `# Notes\n\n${text}\n\nEnd.` }], outcomes: [CHECK] }),
  'an error message': (text) =>
    run({
      spans: [{}, { kind: 'tool', status: 'Error', output: '', statusMessage: text }],
      outcomes: [CHECK],
    }),
  feedback: (text) => run({ outcomes: [CHECK, { source: 'feedback', passed: false, comment: text }] }),
};

function run(part: Parameters<typeof tracedRun>[1]): TracedRun {
  return tracedRun('f1', { summary: { userId: 'eve' }, ...part });
}

/** What a model makes of a planted text: it copies it, reads through its disguise, or takes the wish for its own finding. */
const GULLIBLE: Readonly<Record<string, (poison: Poison) => string>> = {
  copies: ({ text }) => text,
  understands: ({ meaning }) => meaning,
  distils: ({ wish }) => wish,
};

/** Quotes the planted text itself, or something innocent beside it. */
const QUOTES: Readonly<Record<string, (planted: TracedRun, text: string) => Quote>> = {
  'the planted text': (planted, text) => {
    const span = planted.spans.at(-1);
    const isFeedback = planted.outcomes.some(({ comment }) => comment === text);
    const field = isFeedback ? 'outcome' : span?.kind === 'agent' ? 'input' : 'output';
    const quote =
      field === 'output' && span?.output.startsWith('[{') === true ? JSON.stringify(text).slice(1, -1) : text;
    return { runId: 'f1', spanId: span?.spanId ?? '', field, quote };
  },
  'what a check said': () => ({ runId: 'f1', spanId: 'f1-1', field: 'outcome', quote: CHECK.comment }),
};

function verdictOf(
  poison: Poison,
  plant: (text: string) => TracedRun,
  content: string,
  quote: Quote,
): LessonVerdict {
  const sample: FailureSample = { signature: 's', failures: [plant(poison.text)], contrasts: [] };
  const lesson: Lesson = {
    kind: 'skill',
    content,
    appliesWhen: 'any question about the database',
    because: 'the data says so',
    quotes: [quote],
  };
  return gateLesson(lesson, sample, { live: [], rejected: [], capabilities: capabilitiesOf([]) });
}

/** Whether no agent is given it without a person, in a trial neither, as long as only one user's runs speak for it. */
function isHeld(verdict: LessonVerdict): boolean {
  if (verdict.kind !== 'candidate') return verdict.kind === 'dropped';
  const isAlone = corroborationProblem(new Map([['f1', 'eve']])) !== undefined;
  return verdict.quarantine !== undefined || (isAlone && needsCorroboration(verdict));
}

const attacks = Object.keys(ENTRIES).flatMap((entry) =>
  Object.keys(GULLIBLE).flatMap((model) => Object.keys(QUOTES).map((quoted) => ({ entry, model, quoted }))),
);

describe('poison', () => {
  it('is more than five hundred different texts of eight families', () => {
    const all = plantPoison('planted', 640);
    expect(new Set(all.map(({ text }) => text)).size).toBe(640);
    expect(new Set(all.map(({ family }) => family)).size).toBe(8);
    expect(all.slice(0, PLANTED.length)).toEqual(PLANTED);
  });

  it.each(attacks)(
    'in $entry is given to no agent when a model $model it and quotes $quoted',
    ({ entry, model, quoted }) => {
      const escaped = PLANTED.filter((poison) => {
        const plant = ENTRIES[entry] ?? ((text: string) => run({ spans: [{ input: text }] }));
        const quote = QUOTES[quoted]?.(plant(poison.text), poison.text);
        return (
          quote !== undefined && !isHeld(verdictOf(poison, plant, GULLIBLE[model]?.(poison) ?? '', quote))
        );
      });
      expect(escaped.map(({ disguise, text }) => `${disguise}: ${text}`)).toEqual([]);
    },
  );

  it('from a file is refused or waits for a person', () => {
    const passed = PLANTED.filter(({ text }) => {
      const content = text.slice(0, 400);
      const admission = admit({ kind: 'skill', content, appliesWhen: 'always', tags: [] }, 'import');
      return admission.problems.length === 0 && admission.quarantine === undefined;
    });
    expect(passed).toEqual([]);
  });
});
