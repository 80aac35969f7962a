import type { Convention } from './conventions.ts';
import { METRICS, type Metric } from './metrics.ts';

export const BRANCHES = ['Oslo', 'Lisbon', 'Vienna', 'Dublin', 'Prague'] as const;
/** Fiscal years that lie inside the data, whatever month they start in. */
export const FISCAL_YEARS = [2022, 2023, 2024] as const;
export const CALENDAR_YEARS = [2022, 2023, 2024] as const;
export type Period =
  | { readonly kind: 'fiscal'; readonly year: number }
  | { readonly kind: 'calendar'; readonly year: number }
  | { readonly kind: 'month'; readonly year: number; readonly month: number };

/** What a question asks, whoever words it. */
export interface Question {
  readonly metric: Metric;
  /** Value of the metric's slot. */
  readonly slot: string;
  readonly branch: string | undefined;
  readonly period: Period | undefined;
}

/** Conventions that the answer depends on. */
export function needsOf(question: Question): readonly Convention[] {
  return [
    ...question.metric.needs,
    ...(question.period?.kind === 'fiscal' ? (['fiscal'] as const) : []),
    ...(question.branch === undefined ? [] : (['branch'] as const)),
  ];
}

/** The question in words, in the given phrasing of its metric. */
export function worded(question: Question, phrasing: string): string {
  const branch = question.branch === undefined ? '' : ` at the ${question.branch} branch office`;
  return `${phrasing.replace('{}', question.slot)}${branch}${periodWords(question.period)}?`;
}

function periodWords(period: Period | undefined): string {
  if (period === undefined) return '';
  if (period.kind === 'fiscal') return ` in fiscal year ${period.year}`;
  if (period.kind === 'calendar') return ` in ${period.year}`;
  return ` in ${period.year}-${String(period.month).padStart(2, '0')}`;
}

const PATTERNS: readonly { readonly metric: Metric; readonly pattern: RegExp }[] = METRICS.flatMap((metric) =>
  metric.phrasings.map((phrasing) => ({
    metric,
    pattern: new RegExp(
      `^${phrasing.replace('{}', '(?<slot>\\w+)')}(?: at the (?<branch>\\w+) branch office)?(?: in (?<period>[^?]+))?\\?$`,
    ),
  })),
);

/** Understands a question again; `undefined` for anything a world does not ask. */
export function readQuestion(text: string): Question | undefined {
  for (const { metric, pattern } of PATTERNS) {
    const groups = pattern.exec(text)?.groups;
    if (groups === undefined) continue;
    const period = groups['period'];
    return {
      metric,
      slot: groups['slot'] ?? '',
      branch: groups['branch'],
      period: period === undefined ? undefined : readPeriod(period),
    };
  }
  return undefined;
}

function readPeriod(text: string): Period | undefined {
  const groups = /^(?<fiscal>fiscal year )?(?<year>\d{4})(?:-(?<month>\d\d))?$/.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const year = Number(groups['year']);
  if (groups['fiscal'] !== undefined) return { kind: 'fiscal', year };
  const month = groups['month'];
  return month === undefined ? { kind: 'calendar', year } : { kind: 'month', year, month: Number(month) };
}
