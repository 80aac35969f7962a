import { hash } from 'node:crypto';
import {
  type Arm,
  type InjectionFormat,
  type KnowledgeAnswer,
  type KnowledgeItem,
  type KnowledgeRequest,
} from '@tracelore/sdk/contract';
import type { Effectiveness } from '../injectors/agentlearn-format.ts';
import { TOKENS_MAX } from '../injectors/choose.ts';
import type {
  DecisionItem,
  DecisionRecord,
  Renderer,
  RuleSet,
  SelectionTimes,
} from '../injectors/rule-set.ts';
import type { PreparedSelector } from '../injectors/selector.ts';
import type { Rule } from '../knowledge/rule.ts';
import { remembered } from '../remembered.ts';
import {
  coinSalt,
  constantTreatments,
  HOLDOUT,
  isHeldOut,
  tossCoins,
  withoutCoins,
  type Asking,
  type Holdout,
  type Treatments,
} from './coins.ts';
import { overriddenRules, type ServedKnowledge, type TrialRules } from './override.ts';
import { createRecall, type RecallRequest } from './recall.ts';
import { unitName } from './unit-name.ts';
import { UnitSnapshots } from './unit-snapshots.ts';

/**
 * Tokens that the frame of a text may take besides its rules (markers, preamble, headings), taken off a request's token
 * budget. Upper bounds, kept by a test.
 */
const FRAME_TOKENS: Readonly<Record<InjectionFormat, number>> = {
  'tracelore-v1': 130,
  'agentlearn-v1': 130,
  'agentlearn-list-v1': 130,
  'agentlearn-index-v1': 130,
};

/** Longest wait for the vector of a task that was not asked before, ms: half of what the SDK gives the whole answer. */
export const EMBED_WAIT_MS = 150;

/** Projects whose salt of coins is remembered. */
const PROJECTS_MAX = 1_000;

/** Takes decision records. Never throws, never waits. */
export interface DecisionSink {
  record(decision: DecisionRecord): void;
}

export interface KnowledgeServingOptions {
  readonly knowledge: (project: string) => ServedKnowledge;
  readonly selector: PreparedSelector;
  readonly renderer: Renderer;
  readonly decisions: DecisionSink;
  readonly trialRules: TrialRules;
  /** Default: 1 % of units get no knowledge, each rule is withheld from 10 % of units. */
  readonly holdout?: Holdout;
  /** How rules are served now. Synchronous. Default: by `holdout` alone. */
  readonly treatments?: (project: string, asking: Asking) => Treatments;
  /** Format of answers to requests that name none. Default `tracelore-v1`. */
  readonly format?: InjectionFormat;
  /** Whether a rule may be given to an agent by name. Default: every rule in force. */
  readonly isHarmless?: (rule: Rule) => boolean;
  /** Stands in recalled rules. Default: every rule is `new`. */
  readonly effectiveness?: Effectiveness;
  /** Secret of the service: coins and fences derive from it. */
  readonly secret: string;
  /** Takes secrets out of names that are recorded. Default: they are recorded as they come. */
  readonly redact?: (text: string) => string;
  readonly now: () => Date;
  readonly ids: () => string;
}

/** An answer with what it took. */
export interface TimedAnswer extends SelectionTimes {
  readonly answer: KnowledgeAnswer;
}

/** Answers `get_knowledge` from memory. */
export interface KnowledgeServing {
  /**
   * Synchronous: never touches the store or the network. Every answer hands one record to the decision sink.
   * @throws LearnerError `not_found` when an override names a rule that does not exist.
   */
  get(request: KnowledgeRequest, project: string): KnowledgeAnswer;
  /** `get`, after the embedder has had {@link EMBED_WAIT_MS} to learn the task; nothing waits with the built-in one. */
  answer(request: KnowledgeRequest, project: string): Promise<TimedAnswer>;
  /**
   * Waits until the embedder knows these tasks and the rules (default: those in force), or gave up, or `signal` aborts;
   * never rejects. Call it before `get` and `render`. Nothing to wait for with the built-in embedder.
   */
  prepare(
    project: string,
    tasks: readonly string[],
    options?: { readonly rules?: readonly Rule[]; readonly signal?: AbortSignal },
  ): Promise<void>;
  /**
   * The text an agent would be given for a task from exactly these rules, without coins, in the default format. The
   * fence does not follow the knowledge log here: equal selections are equal texts, at any time.
   */
  render(project: string, task: string, rules: readonly Rule[]): string;
  /** One rule of an index by name, for the tool `recall_knowledge`. @throws as `get` */
  recall(request: RecallRequest, project: string): string;
}

/** What became of a request: who decided, and each selected rule's part. */
interface Verdict extends SelectionTimes {
  readonly arm: Arm;
  readonly fingerprint: string;
  readonly set: RuleSet;
  readonly selected: readonly Rule[];
  readonly items: readonly DecisionItem[];
  readonly bestCosine: number | null;
}

export function createKnowledgeServing(options: KnowledgeServingOptions): KnowledgeServing {
  const { selector, renderer, secret, redact = (text: string) => text } = options;
  const holdout = options.holdout ?? HOLDOUT;
  const defaultFormat = options.format ?? 'tracelore-v1';
  const saltOf = remembered((project: string) => coinSalt(secret, project), PROJECTS_MAX);
  const unitSnapshots = new Map<string, UnitSnapshots>();

  const treatmentsOf = (project: string, asking: Asking): Treatments =>
    options.treatments?.(project, asking) ?? constantTreatments(asking, holdout);

  const snapshotsOf = (project: string): UnitSnapshots => {
    const known = unitSnapshots.get(project) ?? new UnitSnapshots();
    unitSnapshots.set(project, known);
    return known;
  };

  const select = (
    request: KnowledgeRequest,
    set: RuleSet,
  ): Pick<Verdict, 'selected' | 'bestCosine' | keyof SelectionTimes> => {
    const format = request.format ?? defaultFormat;
    const tokensMax =
      request.maxTokens === undefined
        ? TOKENS_MAX
        : Math.min(TOKENS_MAX, Math.max(0, request.maxTokens - FRAME_TOKENS[format]));
    let times: SelectionTimes = { embedMs: 0, searchMs: 0 };
    const onTimes = (taken: SelectionTimes): void => void (times = taken);
    const { rules, bestCosine } = selector.select(request.task, set, { format, tokensMax, onTimes });
    return { selected: rules, bestCosine, ...times };
  };

  const decide = (request: KnowledgeRequest, knowledge: ServedKnowledge, unit: string): Verdict => {
    const snapshot = knowledge.snapshot();
    const stated = request.fingerprint ?? '';
    const overridden = overriddenRules(request, knowledge, options.trialRules);
    if (overridden !== undefined) {
      const set = { rules: overridden, snapshot };
      const found = select(request, set);
      return { arm: 'override', fingerprint: stated, set, ...found, items: withoutCoins(found.selected) };
    }
    const newest = { rules: knowledge.served(), snapshot };
    const set = snapshotsOf(knowledge.project).of(unit, newest, options.now().getTime());
    const found = select(request, set);
    const salt = saltOf(knowledge.project);
    const asking = { agent: request.agent ?? '', unit, fingerprint: stated };
    const treatments = treatmentsOf(knowledge.project, asking);
    const { fingerprint } = treatments;
    const items = tossCoins(found.selected, salt, unit, treatments.of);
    if (isHeldOut(salt, unit, holdout)) {
      return {
        arm: 'holdout',
        fingerprint,
        set,
        ...found,
        items: items.map((item) => ({ ...item, injected: false })),
      };
    }
    return { arm: items.length === 0 ? 'abstained' : 'served', fingerprint, set, ...found, items };
  };

  function answerNow(request: KnowledgeRequest, project: string): TimedAnswer {
    const decision = options.ids();
    // Without any name for the unit each call is a unit of its own.
    const named = request.unit ?? request.session ?? request.run ?? decision;
    const unit = unitName(named, { redact, secret, project });
    const { arm, fingerprint, set, selected, items, bestCosine, embedMs, searchMs } = decide(
      request,
      options.knowledge(project),
      unit,
    );
    const injected = selected.filter((_, index) => items[index]?.injected === true);
    const text = renderer.render(injected, {
      project,
      snapshot: set.snapshot,
      format: request.format ?? defaultFormat,
    });
    const now = options.now();
    const isConversation = request.unit !== undefined || request.session !== undefined;
    if (arm === 'served' && text !== '' && isConversation) {
      snapshotsOf(project).pin(unit, set, now.getTime());
    }
    options.decisions.record({
      id: decision,
      project,
      unit,
      agent: redact(request.agent ?? ''),
      runId: request.run ?? '',
      trialId: request.trial ?? '',
      at: now.toISOString(),
      snapshot: set.snapshot,
      fingerprint,
      taskHash: hash('sha256', request.task),
      arm,
      items,
      bestCosine,
    });
    const answer = { text, items: injected.map(itemOf), decision, snapshot: set.snapshot, arm };
    return { answer, embedMs, searchMs };
  }

  const serving: KnowledgeServing = {
    get: (request, project) => answerNow(request, project).answer,

    async answer(request, project) {
      if (!selector.learns) return answerNow(request, project);
      const beganAt = performance.now();
      await serving.prepare(project, [request.task], { signal: AbortSignal.timeout(EMBED_WAIT_MS) });
      const waitedMs = performance.now() - beganAt;
      const timed = answerNow(request, project);
      return { ...timed, embedMs: timed.embedMs + waitedMs };
    },

    prepare(project, tasks, { rules, signal } = {}) {
      const knowledge = options.knowledge(project);
      const set = { rules: rules ?? knowledge.served(), snapshot: knowledge.snapshot() };
      return selector.prepare(tasks, set, signal);
    },

    render(project, task, rules) {
      const set = { rules, snapshot: 0 };
      const selected = selector.select(task, set, { format: defaultFormat }).rules;
      return renderer.render(selected, { project, snapshot: set.snapshot, format: defaultFormat });
    },

    recall: createRecall({
      knowledge: options.knowledge,
      trialRules: options.trialRules,
      treatments: (project, unit, { agent = '', fingerprint = '' }) =>
        treatmentsOf(project, { agent, unit, fingerprint }),
      holdout,
      secret,
      redact,
      isHarmless: options.isHarmless ?? (() => true),
      effectiveness: options.effectiveness ?? (() => undefined),
    }),
  };
  return serving;
}

function itemOf(rule: Rule): KnowledgeItem {
  const { id, version, kind, content, appliesWhen, priority } = rule;
  return { id, version, kind, content, appliesWhen, pinned: priority === 'pinned' };
}
