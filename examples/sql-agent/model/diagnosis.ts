import { BROAD, NAIVE, VALUES, beliefsOf, type Beliefs, type Convention } from '../world/conventions.ts';
import { needsOf, readQuestion, type Question } from '../world/question.ts';
import { sqlFor } from '../world/sql.ts';
import type { ShownRun } from './shown-runs.ts';
import type { Quote } from './written-lesson.ts';

/** What a failed run shows: which conventions its query got wrong, and where the query stands. */
export interface Diagnosis {
  readonly wrong: readonly Convention[];
  readonly quote: Quote;
}

const QUESTION = /[A-Z][^?"\\\n]*\?/g;
const QUERY = /SELECT [^"\\\n]*/;

/** Compares a run's query with what the conventions would have asked for; `undefined` when the run shows no known query. */
export function diagnose(run: ShownRun, truth: Beliefs): Diagnosis | undefined {
  const question = run.spans.flatMap((span) => questionsIn(span.input)).at(0);
  const quote = run.spans.map(queryIn).find((found) => found !== undefined);
  if (question === undefined || quote === undefined) return undefined;
  const beliefs = beliefsBehind(question, quote.quote.trim());
  if (beliefs === undefined) return { wrong: [], quote };
  return { wrong: needsOf(question).filter((need) => beliefs[need] !== truth[need]), quote };
}

function questionsIn(text: string): readonly Question[] {
  return (text.match(QUESTION) ?? []).map(readQuestion).filter((question) => question !== undefined);
}

function queryIn({ label, input, output }: ShownRun['spans'][number]): Quote | undefined {
  const inOutput = QUERY.exec(output)?.[0];
  if (inOutput !== undefined) return { span: label, field: 'output', quote: inOutput };
  const inInput = QUERY.exec(input)?.[0];
  return inInput === undefined ? undefined : { span: label, field: 'input', quote: inInput };
}

/** The reading of the needed conventions that leads to exactly this query. */
function beliefsBehind(question: Question, sql: string): Beliefs | undefined {
  let readings: Beliefs[] = [beliefsOf(() => NAIVE)];
  for (const need of needsOf(question)) {
    readings = readings.flatMap((reading) =>
      [NAIVE, BROAD, ...VALUES[need]].map((value) => ({ ...reading, [need]: value })),
    );
  }
  return readings.find((reading) => sqlFor(question, reading) === sql);
}
