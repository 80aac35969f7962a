import type { OutcomeSource } from '@tracelore/sdk/contract';
import type { Analyzer } from '../analyzers/analyzer.ts';
import type { EvalCase } from '../evals/eval-case.ts';
import type { EvalCaseStore } from '../evals/eval-case-store.ts';
import type { NewId } from '../ids.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { Rule } from '../knowledge/rule.ts';
import type { ChatModel } from '../llm/chat-model.ts';
import type { PairwiseAudit } from '../signals/pairwise-audit.ts';
import type { Settler } from '../signals/settle-runs.ts';
import type { TrialBroker } from '../trials/trial-broker.ts';
import type { ReadTrialCosts } from '../trials/trial-costs.ts';
import type { TrialLog } from '../trials/trial-log.ts';
import type { RaceOptions } from '../validators/race-options.ts';
import type { Validator } from '../validators/validator.ts';
import type { AnalysisLog } from './records/analysis-log.ts';
import type { LearnRequest, PassRecord } from './learn-pass.ts';
import type { PassLog } from './records/pass-log.ts';
import type { RunReader } from './select/select-runs.ts';
import type { VerdictLog } from './records/verdict-log.ts';

/** Everything a learning pass works with. */
export interface LearnParts {
  readonly reader: RunReader;
  readonly knowledge: (project: string) => KnowledgeBase;
  readonly settler: Settler;
  /** Without one nothing new is learned; candidates that are there are still validated. */
  readonly analyzer?: Analyzer;
  /** Compares lessons with the rules in force. Without one the heuristic alone does. */
  readonly comparer?: ChatModel;
  readonly cases: EvalCaseStore;
  readonly broker: Pick<TrialBroker, 'runner' | 'awaitRunner' | 'hasRunner'>;
  readonly trialLog: Pick<TrialLog, 'flush'>;
  /** Default: nobody knows what trials cost. */
  readonly trialCosts?: ReadTrialCosts;
  /** Whether a judge scores what nobody said the answer to. Default: no. */
  readonly canJudge?: boolean;
  readonly createValidator: (options: RaceOptions) => Validator;
  /** Text that an agent would be given for a task from these rules. */
  readonly render: (project: string, task: string, rules: readonly Rule[]) => string;
  /** Resolves when `render` and the trials will find these rules for these tasks alike. */
  readonly prepare: (project: string, tasks: readonly string[], rules: readonly Rule[]) => Promise<void>;
  readonly passes: PassLog;
  readonly verdicts: VerdictLog;
  readonly analyses: AnalysisLog;
  /** Throws LearnerError `unavailable` where another process learns. */
  readonly demandWork: () => void;
  /** Sources whose outcomes may promote and deprecate rules. */
  readonly deciding: (project: string) => Promise<readonly OutcomeSource[]>;
  /** How far the judge that compares answers agrees with checks. */
  readonly pairwiseAudit: (project: string, cases: readonly EvalCase[]) => Promise<PairwiseAudit>;
  /** One trusted owner: nobody has to corroborate anybody. */
  readonly isKeyless: () => boolean;
  /** Proven rules wait for a person. */
  readonly requireApproval: boolean;
  readonly now: () => Date;
  readonly newId: NewId;
}

/** One pass: the parts it works with, what it was told, and where it says how far it is. */
export interface PassOptions {
  readonly parts: LearnParts;
  readonly project: string;
  readonly request: LearnRequest;
  readonly record: PassRecord;
  /** Writes the state of the pass down. */
  readonly save: () => Promise<void>;
  readonly signal: AbortSignal;
}
