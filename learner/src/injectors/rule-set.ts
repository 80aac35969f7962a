import type { Arm, InjectionFormat } from '@tracelore/sdk/contract';
import type { Rule } from '../knowledge/rule.ts';

/** The rules one answer is made from: a fixed set, at a position of the knowledge log. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  /** Sequence number of the last event of the knowledge log that this set reflects. */
  readonly snapshot: number;
}

export interface SelectOptions {
  /** Most rules in an answer, pinned ones included. Default 10. */
  readonly itemsMax?: number;
  /** Token budget of the rules. Default 1 500. */
  readonly tokensMax?: number;
  readonly format?: InjectionFormat;
  /** Told how long the parts of this selection took. */
  readonly onTimes?: (times: SelectionTimes) => void;
}

/** How long it took, ms: making the task's vector, and finding the rules with it. */
export interface SelectionTimes {
  readonly embedMs: number;
  readonly searchMs: number;
}

/** What was found for a task, before coins. */
export interface Selection {
  /** In the order of injection: pinned first, then by relevance. */
  readonly rules: readonly Rule[];
  /** Best raw cosine of any normal rule; `null` without vectors. */
  readonly bestCosine: number | null;
}

/** Finds the rules for a task in a fixed set, deterministically: same set, same task, same selection. */
export interface Selector {
  select(task: string, set: RuleSet, options?: SelectOptions): Selection;
}

/** Renders selected rules as injection text. Nothing selected renders as `''`. */
export interface Renderer {
  render(
    rules: readonly Rule[],
    context: { readonly project: string; readonly snapshot: number; readonly format: InjectionFormat },
  ): string;
}

/** One rule's part in a decision. */
export interface DecisionItem {
  /** `id@version`. */
  readonly rule: string;
  readonly rank: number;
  /** Probability of injection. */
  readonly propensity: number;
  /** The coin, in [0, 1); injected when below the propensity. */
  readonly coin: number;
  readonly injected: boolean;
  /** The experiment its coin belongs to; '' = no coin was tossed. */
  readonly epoch: string;
}

/** The immutable record of one get_knowledge answer. */
export interface DecisionRecord {
  readonly id: string;
  readonly project: string;
  readonly unit: string;
  readonly agent: string;
  readonly runId: string;
  readonly trialId: string;
  /** ISO time. */
  readonly at: string;
  readonly snapshot: number;
  /** Model, prompt and tools the unit counts for: what the request said, or what its agent was last known by. */
  readonly fingerprint: string;
  /** SHA-256 of the task text, hex. */
  readonly taskHash: string;
  readonly arm: Arm;
  readonly items: readonly DecisionItem[];
  readonly bestCosine: number | null;
}
