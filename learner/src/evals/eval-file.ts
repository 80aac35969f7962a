import path from 'node:path';
import { LearnerError } from '../errors.ts';
import { parseCsv } from './csv.ts';

/** A case as `POST /v1/evals/cases` takes it. */
export interface NewCase {
  readonly task: string;
  /** Absent: a judge decides. */
  readonly expected?: string;
  readonly judgePrompt?: string;
  readonly input?: unknown;
  readonly scorer?: string;
  readonly tags?: readonly string[];
  readonly agent?: string;
}

const TASK_NAMES = ['task', 'task_input'] as const;
const EXPECTED_NAMES = ['expected', 'expected_output'] as const;
const JUDGE_PROMPT = 'judge_prompt';

/**
 * Reads cases from the text of a `.csv` or `.jsonl` file: columns or keys `task` (or `task_input`), and, if wanted, `expected`
 * (or `expected_output`), `tags`, `scorer`, `input`, `agent`, `judge_prompt`. Rows without a task are left out of a CSV.
 *
 * @throws LearnerError `invalid` that names line and column
 */
export function readEvalFile(file: string, text: string): NewCase[] {
  const extension = path.extname(file).toLowerCase();
  const content = text.replace(/^\uFEFF/, '');
  if (extension === '.csv') return readCsv(file, content);
  if (extension === '.jsonl' || extension === '.ndjson') return readJsonLines(file, content);
  throw new LearnerError('invalid', `${file}: expected a file that ends in .csv or .jsonl.`);
}

function readCsv(file: string, text: string): NewCase[] {
  const parsed = parseCsv(text);
  if (!parsed.ok) throw new LearnerError('invalid', `${file}, line ${parsed.line}: ${parsed.problem}.`);
  const [header, ...rows] = parsed.rows;
  const names = header?.cells.map((name) => name.trim().toLowerCase()) ?? [];
  const task = column(file, names, TASK_NAMES);
  const expected = names.findIndex((name) => EXPECTED_NAMES.some((known) => known === name));
  const [tags, scorer, input, agent, judgePrompt] = ['tags', 'scorer', 'input', 'agent', JUDGE_PROMPT].map(
    (name) => names.indexOf(name),
  );
  return rows.flatMap(({ cells, line }) => {
    if (cells.length !== names.length) {
      throw new LearnerError(
        'invalid',
        `${file}, line ${line}: expected ${names.length} cells (${names.join(', ')}), got ${cells.length}.`,
      );
    }
    const cell = (index: number | undefined): string => cells[index ?? -1]?.trim() ?? '';
    if (cell(task) === '') return [];
    return newCase(file, line, {
      task: cell(task),
      expected: cell(expected),
      tags: cell(tags),
      scorer: cell(scorer),
      input: cell(input),
      agent: cell(agent),
      judgePrompt: cell(judgePrompt),
    });
  });
}

function column(file: string, names: readonly string[], accepted: readonly string[]): number {
  const index = names.findIndex((name) => accepted.includes(name));
  if (index !== -1) return index;
  const found = names.filter((name) => name !== '').join(', ');
  throw new LearnerError(
    'invalid',
    `${file}, line 1: no column "${accepted.join('" or "')}"; found ${found === '' ? 'no columns' : found}.`,
  );
}

function readJsonLines(file: string, text: string): NewCase[] {
  return text.split(/\r?\n/).flatMap((content, index) => {
    if (content.trim() === '') return [];
    const line = index + 1;
    const value = parseLine(file, line, content);
    const pick = (names: readonly string[]): unknown =>
      names.map((name) => value[name]).find((found) => found !== undefined);
    const required = (names: readonly string[]): unknown => {
      const found = pick(names);
      if (found === undefined)
        throw new LearnerError('invalid', `${file}, line ${line}: no key "${names.join('" or "')}".`);
      return found;
    };
    return newCase(file, line, {
      task: required(TASK_NAMES),
      expected: pick(EXPECTED_NAMES),
      tags: value['tags'],
      scorer: value['scorer'],
      input: value['input'],
      agent: value['agent'],
      judgePrompt: value[JUDGE_PROMPT],
    });
  });
}

function parseLine(file: string, line: number, content: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new LearnerError(
      'invalid',
      `${file}, line ${line}: not JSON: ${error instanceof Error ? error.message : ''}.`,
      {
        cause: error,
      },
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new LearnerError('invalid', `${file}, line ${line}: expected a JSON object.`);
}

/** Expected values other than text are compared as JSON. */
function newCase(
  file: string,
  line: number,
  given: Readonly<
    Record<'task' | 'expected' | 'tags' | 'scorer' | 'input' | 'agent' | 'judgePrompt', unknown>
  >,
): NewCase {
  const { task, expected, scorer, input, agent, judgePrompt } = given;
  if (typeof task !== 'string' || task.trim() === '') {
    throw new LearnerError(
      'invalid',
      `${file}, line ${line}: task: expected text, got ${JSON.stringify(task)}.`,
    );
  }
  const tags =
    typeof given.tags === 'string'
      ? given.tags.split(',')
      : Array.isArray(given.tags)
        ? given.tags.map(String)
        : [];
  const named = tags.map((tag) => tag.trim()).filter((tag) => tag !== '');
  return {
    task,
    ...(expected === undefined || expected === null || expected === ''
      ? {}
      : { expected: typeof expected === 'string' ? expected : JSON.stringify(expected) }),
    ...(typeof judgePrompt === 'string' && judgePrompt.trim() !== ''
      ? { judgePrompt: judgePrompt.trim() }
      : {}),
    ...(named.length === 0 ? {} : { tags: named }),
    ...(typeof scorer === 'string' && scorer !== '' ? { scorer } : {}),
    ...(input === undefined || input === '' ? {} : { input }),
    ...(typeof agent === 'string' && agent.trim() !== '' ? { agent: agent.trim() } : {}),
  };
}
