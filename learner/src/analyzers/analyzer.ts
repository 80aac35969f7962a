import type { Prediction, RuleKind } from '../knowledge/rule.ts';
import type { Usage } from '../llm/chat-model.ts';
import type { FailureSample } from './failure-samples.ts';

/** Where a quote is said to stand. `outcome` is the comment of a judgement about the run. */
export type QuoteField = 'input' | 'output' | 'outcome';

/** A claim of the analyzer: this text stands there. Verified before anything is believed. */
export interface Quote {
  /** '' when the analyzer named a span that it was not shown. */
  readonly runId: string;
  readonly spanId: string;
  readonly field: QuoteField;
  readonly quote: string;
}

/** A proposed rule, as the analyzer put it. */
export interface Lesson {
  readonly kind: RuleKind;
  readonly content: string;
  readonly appliesWhen: string;
  readonly because: string;
  readonly quotes: readonly Quote[];
  readonly predicted?: Prediction;
}

/** What an analyzer may know besides the runs. */
export interface AnalyzerContext {
  /** Rules about this kind of failure that were tested or judged and turned down: not to be proposed again. */
  readonly rejected: readonly { readonly content: string; readonly reason: string }[];
  /** Kinds of failures of this pass, most pressing first. Default: none. */
  readonly kinds?: readonly FailureKind[];
  /** Tags of tasks that a rule may help or harm; names only. Default: none. */
  readonly slices?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Failures with one signature. */
export interface FailureKind {
  readonly signature: string;
  readonly text: string;
  readonly runs: number;
}

export type AnalyzerResult =
  | { readonly ok: true; readonly lessons: readonly Lesson[]; readonly calls: number; readonly usage: Usage }
  | {
      readonly ok: false;
      readonly failure: string;
      readonly message: string;
      readonly calls: number;
      readonly usage: Usage;
    };

/** Reads failed runs and proposes lessons. A failed analysis is a value. */
export interface Analyzer {
  /** Stands in the provenance of every rule it proposed. */
  readonly name: string;
  /** Failed runs it wants to see together. Default: those of one close look. */
  readonly failuresPerSample?: number;
  analyse(sample: FailureSample, context: AnalyzerContext): Promise<AnalyzerResult>;
}
