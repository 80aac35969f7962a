import { LESSONS } from '../../../examples/sql-agent/language/lessons.ts';
import { VOCABULARY } from '../../../examples/sql-agent/language/recognisers.ts';
import { answerOf } from '../../../examples/sql-agent/world/answer.ts';
import { beliefsOf, CONVENTIONS, NAIVE, VALUES } from '../../../examples/sql-agent/world/conventions.ts';
import { createDatabase } from '../../../examples/sql-agent/world/database.ts';
import { needsOf, readQuestion } from '../../../examples/sql-agent/world/question.ts';
import { createRandom as exampleRandom, hash32 } from '../../../examples/sql-agent/world/random.ts';
import { sqlFor } from '../../../examples/sql-agent/world/sql.ts';
import { drawTasks } from '../../../examples/sql-agent/world/tasks.ts';
import type { Random } from '../../../learner/src/stats/random.ts';
import { inFrames, type Beliefs, type Convention } from './convention.ts';
import type { Domain, Environment, Result } from './domain.ts';

type Question = NonNullable<ReturnType<typeof readQuestion>>;

/** Careless queries that do not run. */
const BROKEN_SHARE = 0.2;
/** Answers kept: trials repeat the same few queries. */
const ANSWERS_MAX = 20_000;

/** Text to SQL over SQLite, the world of the example: rows decide. */
export const SQL: Domain = {
  name: 'sql',
  conventions: CONVENTIONS.map((name): Convention => ({
    name,
    values: VALUES[name],
    forms: inFrames(LESSONS[name]),
    words: VOCABULARY[name],
  })),
  exemptible: [],
  open: (seed, { truth }) => openSql(hash32(seed), truth),
};

function openSql(seed: number, truth: Beliefs): Environment {
  const holds = beliefsOf((convention) => truth[convention] ?? NAIVE);
  const database = createDatabase(seed, holds);
  const questions = new Map<string, Question | undefined>();
  const answers = new Map<string, string>();
  const read = (task: string): Question | undefined => {
    if (!questions.has(task)) questions.set(task, readQuestion(task));
    return questions.get(task);
  };
  const answer = (sql: string): string => {
    const known = answers.get(sql);
    if (known !== undefined) return known;
    if (answers.size >= ANSWERS_MAX) answers.clear();
    const rows = queried(sql);
    answers.set(sql, rows);
    return rows;
  };
  const queried = (sql: string): string => {
    try {
      return answerOf(database.query(sql));
    } catch (error) {
      return `error: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  const gold = (task: string): string => {
    const question = read(task);
    if (question === undefined) throw new Error(`not a question of the SQL world: "${task}"`);
    return answer(sqlFor(question, holds));
  };
  const act = (task: string, beliefs: Beliefs): string | undefined => {
    const question = read(task);
    return (
      question &&
      sqlFor(
        question,
        beliefsOf((convention) => beliefs[convention] ?? NAIVE),
      )
    );
  };
  return {
    truth,
    drawTasks: (random, sizes) => {
      const [drawSeed] = [random.integer(2 ** 31)];
      const sets = drawTasks(seed, holds, database, exampleRandom('worlds', drawSeed), sizes);
      return sets.map((tasks) => tasks.map(({ text, needs }) => ({ text, needs, tags: [] })));
    },
    truthFor: () => truth,
    act,
    actCarelessly(task, beliefs, random) {
      const sql = act(task, beliefs);
      return sql && careless(sql, random);
    },
    execute(task, action): Result {
      const [got, wanted] = [answer(action), gold(task)];
      const isRight = got === wanted;
      return {
        output: got,
        score: isRight ? 1 : 0,
        get credit(): number {
          return isRight ? 1 : sharedRows(got, wanted);
        },
        comment: isRight ? 'rows as expected' : `expected rows ${wanted}, got ${got}`,
      };
    },
    needsOf(task) {
      const question = read(task);
      return question && needsOf(question);
    },
    close: () => database.close(),
  };
}

/** Rows that two answers share, as a part of the longer one. */
function sharedRows(got: string, wanted: string): number {
  const [own, expected] = [rowsIn(got), rowsIn(wanted)];
  const left = [...expected];
  for (const row of own) {
    const at = left.indexOf(row);
    if (at >= 0) left.splice(at, 1);
  }
  return (expected.length - left.length) / Math.max(1, own.length, expected.length);
}

function rowsIn(answer: string): readonly string[] {
  if (!answer.startsWith('[')) return [];
  const rows: unknown = JSON.parse(answer);
  return Array.isArray(rows) ? rows.map((row) => JSON.stringify(row)) : [];
}

/** A query that forgets what the question was narrowed down to, or names a column that is not there. */
function careless(sql: string, random: Random): string {
  if (random.next() < BROKEN_SHARE) return sql.replace(' WHERE ', ' WHERE kind = 1 AND ');
  return sql.replace(/ WHERE \w+ = '[^']*'( AND)?/, (_, more: string | undefined) => (more ? ' WHERE' : ''));
}
