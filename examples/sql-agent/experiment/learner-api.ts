import { setTimeout as pause } from 'node:timers/promises';
import { isJson, jsonRecord, listOf, numberOf, recordsOf, textOf, type Json } from './json.ts';
import type { Task } from '../world/tasks.ts';

/** Between two looks at a learning pass, ms. */
const POLL_MS = 500;

/** What a learning pass did. */
export interface Pass {
  readonly runsAnalysed: number;
  readonly analyzerCalls: number;
  readonly proposed: number;
  readonly candidates: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly trials: number;
  readonly promoted: readonly string[];
  readonly rejected: readonly string[];
  /** Candidates that stay candidates, and why. */
  readonly undecided: ReadonlyMap<string, string>;
  /** What a person should know. */
  readonly notes: readonly string[];
}

export interface PassProgress {
  readonly phase: string;
  readonly trials: number;
  readonly trialsMax: number;
  readonly promoted: number;
}

export interface LearnOptions {
  readonly runsBudget: number;
  readonly seed: string;
  readonly onProgress: (progress: PassProgress) => void;
}

/** A rule as the service tells about it. */
export interface LearnedRule {
  readonly id: string;
  readonly content: string;
  readonly appliesWhen: string;
  readonly status: string;
  readonly reason: string;
  readonly quarantined: boolean;
  readonly evidence: readonly { readonly quote: string; readonly spanId: string; readonly field: string }[];
}

/** One validation cycle. */
export interface Cycle {
  /** What it promises, in words. */
  readonly bound: string;
  /** In-scope lift of each candidate, score units: confirmed on fresh trials where that was done. */
  readonly lifts: ReadonlyMap<string, number>;
}

/** The part of the learner's HTTP API that the example needs. */
export interface LearnerApi {
  /** @returns cases added */
  addEvalCases(tasks: readonly Task[]): Promise<number>;
  /** Runs a learning pass to its end. @throws when it fails, with its own reason */
  learn(options: LearnOptions): Promise<Pass>;
  rules(): Promise<readonly LearnedRule[]>;
  /** Validation cycles, newest first. */
  cycles(): Promise<readonly Cycle[]>;
}

export function createLearnerApi(url: string): LearnerApi {
  const call = async (method: string, path: string, body?: unknown): Promise<Json> => {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return jsonRecord(JSON.parse(text), path);
  };

  return {
    async addEvalCases(tasks) {
      const cases = tasks.map(({ text, answer }) => ({ task: text, expected: answer, scorer: 'json' }));
      return numberOf(await call('POST', '/v1/evals/cases', { cases }), 'added');
    },

    async learn({ runsBudget, seed, onProgress }) {
      const id = textOf(await call('POST', '/v1/learn', { runsBudget, seed }), 'id');
      for (;;) {
        const pass = await call('GET', `/v1/learn/${id}`);
        const state = textOf(pass, 'state');
        if (state === 'failed') throw new Error(`the learning pass failed: ${textOf(pass, 'error')}`);
        if (state === 'succeeded') return passOf(pass);
        onProgress(progressOf(pass));
        await pause(POLL_MS);
      }
    },

    async rules() {
      return recordsOf(await call('GET', '/v1/knowledge'), 'items').map(ruleOf);
    },

    async cycles() {
      return recordsOf(await call('GET', '/v1/verdicts'), 'cycles').map((cycle) => ({
        bound: textOf(cycle, 'bound'),
        lifts: new Map(recordsOf(cycle, 'reports').map((entry) => [textOf(entry, 'ruleId'), liftOf(entry)])),
      }));
    },
  };
}

function liftOf(report: Json): number {
  const lift = jsonRecord(report['lift'], 'lift');
  const confirmed = lift['confirmed'];
  return typeof confirmed === 'number' ? confirmed : numberOf(lift, 'provisional');
}

function progressOf(pass: Json): PassProgress {
  const validation = isJson(pass['validation']) ? pass['validation'] : undefined;
  return {
    phase: textOf(pass, 'phase'),
    trials: validation === undefined ? 0 : numberOf(validation, 'runsUsed'),
    trialsMax: validation === undefined ? 0 : numberOf(validation, 'runsBudget'),
    promoted: validation === undefined ? 0 : numberOf(validation, 'promoted'),
  };
}

function passOf(pass: Json): Pass {
  const dropped = jsonRecord(pass['dropped'], 'dropped');
  return {
    runsAnalysed: numberOf(pass, 'runsAnalysed'),
    analyzerCalls: numberOf(pass, 'analyzerCalls'),
    proposed: numberOf(pass, 'proposed'),
    candidates: numberOf(pass, 'candidates'),
    dropped: Object.fromEntries(Object.keys(dropped).map((reason) => [reason, numberOf(dropped, reason)])),
    trials: progressOf(pass).trials,
    promoted: listOf(pass, 'promoted').map(String),
    rejected: recordsOf(pass, 'rejected').map((entry) => textOf(entry, 'ruleId')),
    undecided: new Map(
      recordsOf(pass, 'undecided').map((entry) => [textOf(entry, 'ruleId'), textOf(entry, 'reason')]),
    ),
    notes: listOf(pass, 'notes').map(String),
  };
}

function ruleOf(rule: Json): LearnedRule {
  return {
    id: textOf(rule, 'id'),
    content: textOf(rule, 'content'),
    appliesWhen: textOf(rule, 'appliesWhen'),
    status: textOf(rule, 'status'),
    reason: textOf(rule, 'reason'),
    quarantined: rule['quarantined'] === true,
    evidence: recordsOf(jsonRecord(rule['provenance'], 'provenance'), 'evidence').map((entry) => ({
      quote: textOf(entry, 'quote'),
      spanId: textOf(entry, 'spanId'),
      field: textOf(entry, 'field'),
    })),
  };
}
