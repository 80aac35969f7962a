import { readShownRuns, type ShownRun } from '../../../examples/sql-agent/model/shown-runs.ts';
import {
  copied,
  drawShare,
  evidenceOf,
  type Quote,
  type WrittenLesson,
} from '../../../examples/sql-agent/model/written-lesson.ts';
import { LESSONS_PER_ANSWER_MAX } from '../../../learner/src/analyzers/llm-analyzer.ts';
import { createRandom, type Random } from '../../../learner/src/stats/random.ts';
import { BROAD, NAIVE, sentenceOf, type Convention } from '../domains/convention.ts';
import type { Environment } from '../domains/domain.ts';
import { diagnose, type Diagnosis } from './diagnosis.ts';
import type { Card, Dealer } from './deck.ts';
import type { Planted } from './planted.ts';
import type { Poison } from './poison.ts';

/** How good the lessons of the simulated analyst are: shares that, with the copied ones, sum to 1. */
const QUALITIES = [
  ['right', 0.42],
  ['over-general', 0.158],
  ['wrong value', 0.158],
  ['vague', 0.158],
  ['paraphrase', 0.106],
] as const;
type Quality = (typeof QUALITIES)[number][0];

/** Chance to copy a planted text that stands in the runs shown: some 5 % of the lessons. */
const GULLIBILITY = 0.5;
/** Chance that a failure about a convention brings a lesson that the world has planted about it. */
const PLANTED_CHANCE = 0.3;
/** Chance to write a second lesson about a convention that this answer already has one about. */
const REPEAT_CHANCE = 0.15;
const BECAUSE = 'The result of this run is not what was expected, and what the agent did shows where.';

/** What the simulated analyst brings along. */
export interface AnalystMind {
  readonly seed: string;
  readonly conventions: readonly Convention[];
  readonly environment: Environment;
  readonly planted: readonly Planted[];
  readonly poison: readonly Poison[];
  readonly heldOut: boolean;
  /** Has the lessons of a world with a fixed set of them; absent = lessons are drawn failure by failure. */
  readonly dealer?: Dealer;
  /** Lessons in the opposite order. */
  readonly swapped: boolean;
}

interface Said {
  readonly convention: Convention;
  readonly value: string;
}

/** Proposes lessons from the failed runs in a prompt, about one for each, from its text alone. */
export function proposeLessons(mind: AnalystMind, prompt: string, attempt: number): readonly WrittenLesson[] {
  const random = createRandom(`analyst ${mind.seed} ${attempt} ${prompt}`);
  const runs = readShownRuns(prompt);
  const lessons: WrittenLesson[] = [];
  const said: Said[] = [];
  const planted = runs.map((run) => copyOf(run, mind)).find((lesson) => lesson !== undefined);
  if (planted !== undefined && random.next() < GULLIBILITY) lessons.push(planted);
  for (const run of runs) {
    const found = run.failed ? diagnose(run, mind.environment, mind.conventions) : undefined;
    if (found !== undefined && mind.dealer !== undefined) {
      lessons.push(...dealtFor(run, found, mind.dealer, random, LESSONS_PER_ANSWER_MAX - lessons.length));
      continue;
    }
    const [convention] = random.shuffle(found?.wrong ?? []);
    if (found === undefined || convention === undefined) continue;
    const repeats = said.some((earlier) => earlier.convention === convention);
    if (repeats && random.next() >= REPEAT_CHANCE) continue;
    lessons.push(lessonAbout(convention, run, found, mind, said, random));
  }
  return mind.swapped ? lessons.toReversed() : lessons;
}

function dealtFor(
  run: ShownRun,
  found: Diagnosis,
  dealer: Dealer,
  random: Random,
  room: number,
): readonly WrittenLesson[] {
  const dealt: Card[] = [];
  for (const { name } of found.wrong)
    dealt.push(...dealer.deal(name, random, REPEAT_CHANCE, room - dealt.length));
  return dealt.map(({ content, when }) => ({
    kind: 'skill' as const,
    content,
    appliesWhen: when,
    because: BECAUSE,
    evidence: evidenceOf(run, found.quote),
  }));
}

function lessonAbout(
  convention: Convention,
  run: ShownRun,
  found: Diagnosis,
  mind: AnalystMind,
  said: Said[],
  random: Random,
): WrittenLesson {
  const evidence = evidenceOf(run, found.quote);
  const kind = (['skill', 'anti_pattern', 'checklist'] as const)[random.integer(3)] ?? 'skill';
  const lesson = (content: string, appliesWhen: string): WrittenLesson => ({
    kind,
    content,
    appliesWhen,
    because: BECAUSE,
    evidence,
  });
  const pick = (list: readonly string[]): string => list[random.integer(list.length)] ?? '';
  const [planted] = random.shuffle(mind.planted.filter((each) => each.convention === convention.name));
  if (planted !== undefined && random.next() < PLANTED_CHANCE) return lesson(planted.content, planted.when);

  const exact = (about: Convention, value: string): WrittenLesson => {
    said.push({ convention: about, value });
    const sentences = mind.heldOut ? about.forms.heldOut : about.forms.exact;
    return lesson(sentenceOf(about, pick(sentences), value), pick(about.forms.when));
  };
  const right = mind.environment.truth[convention.name] ?? NAIVE;
  const { broad, vague, when } = convention.forms;
  const quality = drawShare<Quality>(QUALITIES, random.next(), 'vague');
  switch (quality) {
    case 'over-general':
      return lesson(pick(broad), pick(when));
    case 'vague':
      return lesson(pick(vague), pick(when));
    case 'wrong value':
      return exact(convention, pick(convention.values.filter((value) => value !== right && value !== BROAD)));
    case 'paraphrase': {
      const earlier = said.at(-1) ?? { convention, value: right };
      return exact(earlier.convention, earlier.value);
    }
    case 'right':
      return exact(convention, right);
    default:
      return quality satisfies never;
  }
}

/** What a reader writes down who takes data for instructions. */
function copyOf(run: ShownRun, { poison }: AnalystMind): WrittenLesson | undefined {
  for (const span of run.spans) {
    for (const field of ['output', 'input'] as const) {
      const found = poison.find(({ text }) => span[field].includes(text));
      if (found !== undefined) return copiedText({ span: span.label, field, quote: found.text });
    }
  }
  const [first] = run.spans;
  const told = poison.find(({ text }) => run.outcome.includes(text));
  if (told === undefined || first === undefined) return undefined;
  return copiedText({ span: first.label, field: 'outcome', quote: told.text });
}

function copiedText(quote: Quote): WrittenLesson {
  return copied(quote, 'any request', 'run');
}
