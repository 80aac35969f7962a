import { BROAD, NAIVE, type Beliefs } from './conventions.ts';
import type { Period, Question } from './question.ts';

/** The SQLite query that answers a question, if the conventions were as believed. */
export function sqlFor(question: Question, beliefs: Beliefs): string {
  const { metric } = question;
  const where = [
    `${metric.slot.column} = '${question.slot}'`,
    ...metric.where(beliefs),
    ...(question.branch === undefined ? [] : [branchIs(question.branch, beliefs)]),
    ...(question.period === undefined ? [] : inPeriod(metric.day, question.period, beliefs)),
  ];
  const tail = metric.tail === undefined ? '' : ` ${metric.tail}`;
  return `SELECT ${metric.select(beliefs)} FROM ${metric.table} WHERE ${where.join(' AND ')}${tail}`;
}

function branchIs(branch: string, beliefs: Beliefs): string {
  switch (beliefs.branch) {
    case 'case':
      return `LOWER(branch) = LOWER('${branch}')`;
    case 'blanks':
      return `TRIM(branch) = '${branch}'`;
    case BROAD:
      return `branch LIKE '%${branch}%'`;
    default:
      return `branch = '${branch}'`;
  }
}

function inPeriod(day: string, period: Period, beliefs: Beliefs): readonly string[] {
  if (period.kind === 'month') {
    const month = String(period.month).padStart(2, '0');
    return [`${day} LIKE '${period.year}-${month}-%'`];
  }
  if (period.kind === 'calendar' || beliefs.fiscal === NAIVE) return [`${day} LIKE '${period.year}-%'`];
  if (beliefs.fiscal === BROAD) return [`${day} >= '${period.year}-01-01'`];
  return [
    `${day} >= '${period.year}-${beliefs.fiscal}-01'`,
    `${day} < '${period.year + 1}-${beliefs.fiscal}-01'`,
  ];
}
