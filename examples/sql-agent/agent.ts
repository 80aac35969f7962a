import { currentRun, getKnowledge, trace, type RunReference } from '@tracelore/sdk';
import { ATTR } from '@tracelore/sdk/contract';
import type OpenAI from 'openai';
import { answerOf } from './world/answer.ts';
import type { Database } from './world/database.ts';
import { SCHEMA } from './world/schema.ts';

/** Name under which the agent's runs, rules and trials go. */
export const AGENT = 'sql-agent';

/** An evaluation must not be spoilt by a busy machine: knowledge may take longer than in production, ms. */
const KNOWLEDGE_DEADLINE_MS = 10_000;

export interface SqlAgentOptions {
  readonly client: OpenAI;
  readonly model: string;
  readonly database: Database;
  /** Written into every prompt: what a colleague would tell. Default: nothing. */
  readonly advice?: string;
}

export interface SqlAnswer {
  /** Canonical JSON of the rows, or `error: …`. */
  readonly text: string;
  /** The traced run, to attach an outcome to; `undefined` when tracing is off. */
  readonly run: RunReference | undefined;
}

export type SqlAgent = (question: string) => Promise<SqlAnswer>;

/**
 * A text-to-SQL agent in three steps: look up what was learned, have the model write a query, run it. It knows the schema
 * and nothing about the house. Every step is a span of its run.
 */
export function createSqlAgent({ client, model, database, advice = '' }: SqlAgentOptions): SqlAgent {
  const writeQuery = trace(
    'write_query',
    async (messages: Message[]): Promise<string> => {
      const completion = await client.chat.completions.create({ model, messages });
      return withoutFence(completion.choices[0]?.message.content ?? '');
    },
    { kind: 'llm', attributes: { [ATTR.provider]: 'openai', [ATTR.requestModel]: model } },
  );
  const runSql = trace('run_sql', (sql: string): string => answerOf(database.query(sql)), { kind: 'tool' });

  return trace(
    AGENT,
    async (question: string): Promise<SqlAnswer> => {
      const knowledge = await getKnowledge(question, { deadlineMs: KNOWLEDGE_DEADLINE_MS });
      const sql = await writeQuery([
        { role: 'system', content: instructions([advice, knowledge].filter(Boolean).join('\n')) },
        { role: 'user', content: question },
      ]);
      return { text: answered(runSql, sql), run: currentRun() };
    },
    { kind: 'agent', output: ({ text }) => text },
  );
}

interface Message {
  readonly role: 'system' | 'user';
  readonly content: string;
}

/** The knowledge is a section of its own, after everything that never changes: the prompt's start stays cacheable. */
function instructions(lessons: string): string {
  const fixed = `You answer questions about a company's database. Write one SQLite query whose rows answer the question, with nothing but the answer in its columns. Reply with the SQL alone.

Schema:
${SCHEMA}`;
  return lessons === ''
    ? fixed
    : `${fixed}\n\nWhat was learned in earlier work on this database:\n${lessons}`;
}

/** A query that fails is an answer too: a wrong one. */
function answered(runSql: (sql: string) => string, sql: string): string {
  try {
    return runSql(sql);
  } catch (error) {
    return `error: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Models like to wrap code in a fence. */
function withoutFence(text: string): string {
  return (/```(?:sql)?\s*([\s\S]*?)```/i.exec(text)?.[1] ?? text).trim();
}
