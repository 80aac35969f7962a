import { readFile } from 'node:fs/promises';
import type { TraceReader } from '@tracelore/collector/store';
import { LearnerError } from '../errors.ts';
import { readEvalFile } from '../evals/eval-file.ts';
import type { EvalCase, EvalSource, ScorerName } from '../evals/eval-case.ts';
import type { AddedCases, EvalService } from '../evals/eval-service.ts';
import { GENERATED_MAX, type CaseGenerator } from '../evals/generate-cases.ts';
import { promoteRuns, type PromoteRequest } from '../evals/promote-runs.ts';
import type { FunctionScorer, FunctionScorers } from './function-scorers.ts';

/** A case to be added. */
export interface NewEvalCase {
  readonly taskInput: string;
  /** Without it a judge decides, or a function. */
  readonly expectedOutput?: string;
  /** What a judge should look at. */
  readonly judgePrompt?: string;
  readonly tags?: readonly string[];
  /** A function of this process (it is not stored), or a named scorer. Default: equal 1, contained 0.8, else 0. */
  readonly scorer?: FunctionScorer | ScorerName;
}

/** A case in the words of agentlearn. */
export interface EvalCaseItem {
  readonly evalId: string;
  readonly taskInput: string;
  readonly expectedOutput: string | null;
  readonly judgePrompt: string | null;
  readonly tags: readonly string[];
  readonly source: EvalSource;
  readonly createdAt: string;
}

/** The eval cases of an engine. What cannot be added throws a LearnerError `invalid` that names the case and the problem. */
export interface EvalManager {
  add(evalCase: NewEvalCase): Promise<void>;
  list(filter?: { readonly tags?: readonly string[] }): Promise<readonly EvalCaseItem[]>;
  count(): Promise<number>;
  /** A CSV or JSON-lines file. Resolves with the number of new cases, as do the others. */
  importCsv(file: string): Promise<number>;
  /** Records with `task_input` and, if wanted, `expected_output`, `judge_prompt`, `tags` (a list, or text with commas). */
  importRecords(records: readonly Readonly<Record<string, unknown>>[]): Promise<number>;
  promoteFromTraces(request?: PromoteRequest): Promise<number>;
  generateSynthetic(request?: { readonly count?: number }): Promise<number>;
  generateFromFailures(pattern: string, request?: { readonly count?: number }): Promise<number>;
}

export interface EvalManagerOptions {
  readonly project: string;
  readonly evals: EvalService;
  readonly generator: CaseGenerator;
  readonly reader: Pick<TraceReader, 'listRuns'>;
  readonly scorers: FunctionScorers;
  readonly settle: () => Promise<void>;
}

const SYNTHETIC_DEFAULT = 20;
const FROM_FAILURES_DEFAULT = 10;

export function createEvalManager(options: EvalManagerOptions): EvalManager {
  const { project, evals, generator, scorers } = options;

  async function add(values: readonly unknown[], name: (index: number) => string): Promise<number> {
    if (values.length === 0) return 0;
    const { added, rejected }: AddedCases = await evals.addCases(project, values);
    if (rejected.length === 0) return added;
    const problems = rejected.map(({ index, problems: of }) => `${name(index)}: ${of.join('; ')}`);
    throw new LearnerError('invalid', `${added} added, ${rejected.length} not: ${problems.join(', ')}`);
  }

  return {
    async add({ taskInput, expectedOutput = '', judgePrompt, tags, scorer }) {
      const named = typeof scorer === 'string' ? scorer : undefined;
      const stored = named ?? (expectedOutput === '' || judgePrompt !== undefined ? 'judge' : 'graded');
      const value = { task: taskInput, expected: expectedOutput, judgePrompt, tags, scorer: stored };
      await add([{ ...value, source: 'manual' }], () => 'the case');
      if (typeof scorer === 'function') scorers.set(taskInput, scorer);
    },
    async list({ tags = [] } = {}) {
      const all = await evals.listCases(project);
      return all.filter((one) => tags.length === 0 || one.tags.some((tag) => tags.includes(tag))).map(item);
    },
    count: async () => (await evals.listCases(project)).length,
    async importCsv(file) {
      const isCsv = file.toLowerCase().endsWith('.csv');
      const source: EvalSource = isCsv ? 'csv_import' : 'jsonl_import';
      const read = readEvalFile(file, await readFile(file, 'utf8'));
      return await add(
        read.map((one) => ({ ...graded(one), source })),
        (index) => `case ${index + 1} of ${file}`,
      );
    },
    importRecords: (records) =>
      add(
        records.flatMap((record) => recordCase(record) ?? []),
        (index) => `record ${index + 1}`,
      ),
    async promoteFromTraces(request) {
      await options.settle();
      return await promoteRuns(options.reader, evals, project, request);
    },
    async generateSynthetic({ count = SYNTHETIC_DEFAULT } = {}) {
      await options.settle();
      return await generator.synthetic(project, counted(count));
    },
    generateFromFailures: (pattern, { count = FROM_FAILURES_DEFAULT } = {}) =>
      generator.fromFailures(project, pattern, counted(count)),
  };
}

/** Expected text scores in grades unless something else was asked for. */
function graded<
  T extends { readonly expected?: string; readonly judgePrompt?: string; readonly scorer?: string },
>(one: T): T & { readonly scorer?: string } {
  const isText = one.expected !== undefined && one.judgePrompt === undefined && one.scorer === undefined;
  return isText ? { ...one, scorer: 'graded' } : one;
}

/** Records without a task are left out. */
function recordCase(record: Readonly<Record<string, unknown>>): object | undefined {
  const { task_input: task, expected_output: expected, judge_prompt: judgePrompt, tags } = record;
  if (typeof task !== 'string' || task.trim() === '') return undefined;
  const list = typeof tags === 'string' ? tags.split(',') : tags;
  const one = {
    task: task.trim(),
    ...(typeof expected === 'string' && expected.trim() !== '' ? { expected: expected.trim() } : {}),
    ...(typeof judgePrompt === 'string' && judgePrompt.trim() !== ''
      ? { judgePrompt: judgePrompt.trim() }
      : {}),
    ...(Array.isArray(list)
      ? { tags: list.map((tag) => String(tag).trim()).filter((tag) => tag !== '') }
      : {}),
    source: 'dict_import',
  };
  return graded(one);
}

function counted(count: number): number {
  if (!Number.isInteger(count) || count < 1 || count > GENERATED_MAX)
    throw new LearnerError(
      'invalid',
      `count: expected a whole number from 1 to ${GENERATED_MAX}, got ${count}.`,
    );
  return count;
}

function item({ id, task, expected, judgePrompt, tags, source, createdAt }: EvalCase): EvalCaseItem {
  return {
    evalId: id,
    taskInput: task,
    expectedOutput: expected === '' ? null : expected,
    judgePrompt: judgePrompt ?? null,
    tags,
    source,
    createdAt,
  };
}
