import { NO_USAGE, type Usage } from '../llm/chat-model.ts';
import type { ValidationProgress } from '../validators/validator.ts';

/** What a learning pass can be told. Absent = the learner's default. */
export interface LearnRequest {
  /** Most trials that validation may spend, confirmation included. */
  readonly runsBudget?: number;
  /** Decides every random choice of the validation. */
  readonly seed?: string;
  /** Bound on false promotions. */
  readonly alpha?: number;
  readonly control?: 'fwer' | 'fdr';
  /** How candidates are tested. Default `race`. */
  readonly mode?: 'race' | 'factorial' | 'auto';
  /** Tags of eval cases where harm must be ruled out before a promotion. */
  readonly criticalTags?: readonly string[];
  /** Also compare the rules in force with themselves; a cycle in which they differ is void. */
  readonly sentinel?: boolean;
  /** Most tokens that a rule may add to a prompt. */
  readonly tokensAddedMax?: number;
  /** Most ms that a rule may add to the 95th percentile of run times. */
  readonly latencyAddedMaxMs?: number;
  /** Most USD that a rule may add to the mean cost of a run. */
  readonly costAddedMaxUsd?: number;
  /**
   * False: the failed runs that taught a candidate are not replayed before it is tested. Default true, for agents whose
   * tools declare how they are replayed.
   */
  readonly replays?: boolean;
  /** Most failed runs that are analysed. */
  readonly maxRuns?: number;
  /** Most candidates that are tested; the others wait. Default: as many as the budget is enough for. */
  readonly candidatesMax?: number;
  /** False: nothing is tested, candidates wait for a person. Default true. */
  readonly validates?: boolean;
}

export const LEARN_PHASES = ['select', 'analyse', 'gate', 'validate', 'release', 'done'] as const;
export type LearnPhase = (typeof LEARN_PHASES)[number];

/** A rule and why it got its verdict. */
export interface JudgedRule {
  readonly ruleId: string;
  readonly reason: string;
}

/** One learning pass: how far it is, what it found, or why it failed. A failed pass leaves the runs it did not get to unanalysed. */
export interface LearnPass {
  readonly id: string;
  readonly project: string;
  readonly state: 'running' | 'succeeded' | 'failed';
  readonly phase: LearnPhase;
  /** Why it failed; '' otherwise. */
  readonly error: string;
  /** What a person should know: for example what is missing for validation, and how to add it. */
  readonly notes: readonly string[];
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly runsSelected: number;
  readonly runsAnalysed: number;
  readonly analyzerCalls: number;
  /** Lessons the analyzer proposed. */
  readonly proposed: number;
  /** Of these: new candidates, quarantined ones included. */
  readonly candidates: number;
  /** Of these: held back for a person. */
  readonly quarantined: number;
  /** Lessons that said what a rule says already: support for it. */
  readonly supported: number;
  /** Lessons that went no further, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** null until validation begins, and when there is none. */
  readonly validation: ValidationProgress | null;
  readonly cycleId: string;
  /** Rule ids. */
  readonly promoted: readonly string[];
  readonly rejected: readonly JudgedRule[];
  /** Candidates that were tested and stay candidates. */
  readonly undecided: readonly JudgedRule[];
  readonly usage: Usage;
}

export function newPass(id: string, project: string, startedAt: Date): LearnPass {
  return {
    id,
    project,
    state: 'running',
    phase: 'select',
    error: '',
    notes: [],
    startedAt: startedAt.toISOString(),
    finishedAt: null,
    runsSelected: 0,
    runsAnalysed: 0,
    analyzerCalls: 0,
    proposed: 0,
    candidates: 0,
    quarantined: 0,
    supported: 0,
    dropped: {},
    validation: null,
    cycleId: '',
    promoted: [],
    rejected: [],
    undecided: [],
    usage: NO_USAGE,
  };
}

/** The live record of a pass: read by whoever asks, changed by the pass itself. */
export interface PassRecord {
  readonly current: LearnPass;
  update(change: Partial<LearnPass>): void;
}

export function passRecord(pass: LearnPass): PassRecord {
  let current = pass;
  return {
    get current() {
      return current;
    },
    update(change) {
      current = { ...current, ...change };
    },
  };
}

/** Adds what a person should know about the pass. */
export function addNote(record: PassRecord, note: string): void {
  record.update({ notes: [...record.current.notes, note] });
}
