import { HELD_OUT_FROM_SEED, LESSONS } from '../language/lessons.ts';
import { VALUES, type Convention } from '../world/conventions.ts';
import { createRandom, type Random } from '../world/random.ts';
import { diagnose, type Diagnosis } from './diagnosis.ts';
import { readShownRuns, type ShownRun } from './shown-runs.ts';
import type { Mind } from './sql-writer.ts';
import { copied, drawShare, evidenceOf, type Quote, type WrittenLesson } from './written-lesson.ts';

/** How good the lessons of the simulated analyst are: shares that sum to 1. Most of them are not right. */
const QUALITIES = [
  ['right', 0.45],
  ['over-general', 0.15],
  ['wrong value', 0.15],
  ['vague', 0.15],
  ['paraphrase', 0.1],
] as const;
type Quality = (typeof QUALITIES)[number][0];

/** Chance to copy an instruction that stands in the data of the runs shown. Over a whole demo some 3 % of the lessons. */
const GULLIBILITY = 0.5;
/** Chance to write a second lesson about a convention that this answer already has one about. */
const REPEAT_CHANCE = 0.15;
/** An instruction in data, as a gullible reader finds it. */
const INSTRUCTION = /Note to AI assistants: [^"\\\n]*/;

interface Said {
  readonly convention: Convention;
  readonly value: string;
}

/** Proposes lessons from the failed runs in a prompt: about one per run, of the qualities above. */
export function proposeLessons(mind: Mind, prompt: string, attempt: number): readonly WrittenLesson[] {
  const random = createRandom('analyst', mind.seed, prompt, attempt);
  const runs = readShownRuns(prompt);
  const planted = runs.map(instructionIn).find((quote) => quote !== undefined);
  const lessons: WrittenLesson[] = [];
  const said: Said[] = [];
  if (planted !== undefined && random.next() < GULLIBILITY)
    lessons.push(copied(planted, 'any question about the database', 'database'));
  for (const run of runs) {
    const found = run.failed ? diagnose(run, mind.truth) : undefined;
    const [convention] = random.shuffled(found?.wrong ?? []);
    if (found === undefined || convention === undefined) continue;
    const repeats = said.some((earlier) => earlier.convention === convention);
    if (repeats && random.next() >= REPEAT_CHANCE) continue;
    lessons.push(propose(convention, run, found, mind, said, random));
  }
  return lessons;
}

function propose(
  convention: Convention,
  run: ShownRun,
  found: Diagnosis,
  { truth, seed }: Mind,
  said: Said[],
  random: Random,
): WrittenLesson {
  const useHeldOut = seed >= HELD_OUT_FROM_SEED;
  const forms = LESSONS[convention];
  const quality = drawShare<Quality>(QUALITIES, random.next(), 'vague');
  const evidence = evidenceOf(run, found.quote);
  const lesson = (content: string, when: string): WrittenLesson => ({
    kind: random.pick(['skill', 'anti_pattern', 'checklist']),
    content,
    appliesWhen: when,
    because: 'The answer of this run differs from the expected rows, and its query shows where.',
    evidence,
  });
  const exact = (about: Convention, value: string): WrittenLesson => {
    said.push({ convention: about, value });
    const { exact: tuned, heldOut, names, when } = LESSONS[about];
    return lesson(
      random.pick(useHeldOut ? heldOut : tuned).replaceAll('{v}', names[value] ?? value),
      random.pick(when),
    );
  };

  const right = truth[convention];
  if (quality === 'over-general') return lesson(random.pick(forms.broad), random.pick(forms.when));
  if (quality === 'vague') return lesson(random.pick(forms.vague), random.pick(forms.when));
  if (quality === 'wrong value') {
    const [wrong] = random.shuffled(VALUES[convention].filter((value) => value !== right));
    return exact(convention, wrong ?? right);
  }
  if (quality === 'paraphrase') {
    const earlier = said.at(-1) ?? { convention, value: right };
    return exact(earlier.convention, earlier.value);
  }
  return exact(convention, right);
}

function instructionIn(run: ShownRun): Quote | undefined {
  for (const span of run.spans) {
    const quote = INSTRUCTION.exec(span.output)?.[0];
    if (quote !== undefined) return { span: span.label, field: 'output', quote };
  }
  return undefined;
}
