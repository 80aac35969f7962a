import { createRenderer } from '../../../learner/src/injectors/renderer.ts';
import { scannedSelector } from '../../../learner/src/injectors/scanned-selector.ts';
import { createSelector } from '../../../learner/src/injectors/selector.ts';
import { LogBackedKnowledge } from '../../../learner/src/knowledge/log-backed-knowledge.ts';
import type { RuleText } from '../../../learner/src/knowledge/rule.ts';
import { createOnlineControl } from '../../../learner/src/online/online-control.ts';
import { stageShares } from '../../../learner/src/online/stage.ts';
import { createKnowledgeServing } from '../../../learner/src/serving/knowledge-serving.ts';
import { MemoryStore, seededIds } from '../arena/memory-parts.ts';
import { MemoryUnits } from './memory-units.ts';

/** The service's default: share of units a proven rule is withheld from. */
const HOLDOUT = 0.1;
const SECRET = 'life';
const ACTOR = 'a person';
/** Uses after which the simple ones judge a rule. */
const LOW_USES = 10;
const LOW_SUCCESS = 0.3;
const COMPARED_USES = 50;

/** Who decides whether rules stay in force. */
export const KEEPERS = [
  'ours',
  'ours, every vote counts',
  'keeps everything',
  'removes below 30 % success after 10 uses',
  'removes when success is lower with than without',
] as const;
export type Keeper = (typeof KEEPERS)[number];

/** An outcome that arrives. */
export interface Told {
  readonly run: string;
  readonly user: string;
  readonly source: 'check' | 'feedback';
  readonly score: number;
}

/** A project that serves rules and hears what became of its answers. */
export interface Project {
  /** Text for a task; ids of the rules that the answer is about, and of those in the text. */
  give(task: string, run: string, fingerprint: string): Given;
  hear(told: Told): void;
  /** Looks at what was heard, and acts on it. */
  look(): Promise<void>;
  inForce(ruleId: string): boolean;
}

export interface Given {
  readonly text: string;
  readonly about: readonly string[];
  readonly told: readonly string[];
}

interface Uses {
  readonly with: { n: number; sum: number };
  readonly without: { n: number; sum: number };
}

/**
 * The serving and the watch as shipped, with stores in memory; rivals have the same serving without coins.
 *
 * @param now simulated time, ms
 * @returns the project, and the ids of the rules that it starts with, in their order
 */
export async function openProject(
  keeper: Keeper,
  texts: readonly RuleText[],
  options: { readonly seed: string; readonly windowMs: number; readonly now: () => number },
): Promise<{ readonly project: Project; readonly ids: readonly string[] }> {
  const now = (): Date => new Date(options.now());
  const newId = seededIds(`life ${options.seed}`);
  const name = 'life';
  const base = new LogBackedKnowledge({ project: name, log: new MemoryStore(now).knowledgeLog, now, newId });
  const ids: string[] = [];
  for (const text of texts) {
    const proposed = await base.propose(text, { origin: 'human', by: ACTOR, evidence: [] });
    if (!proposed.ok) throw new Error(proposed.message);
    const approved = await base.approve(proposed.rule.id, ACTOR);
    if (!approved.ok) throw new Error(approved.message);
    ids.push(proposed.rule.id);
  }
  const isOurs = keeper.startsWith('ours');
  const units = new MemoryUnits();
  const online = createOnlineControl({
    reader: units.reader,
    ledger: units.ledger,
    log: units.log,
    knowledge: () => base,
    shares: stageShares(isOurs ? HOLDOUT : 0, true),
    holdoutGlobal: 0,
    outcomeWindowMs: options.windowMs,
    isKeyless: () => keeper === 'ours, every vote counts',
    now,
  });
  const serving = createKnowledgeServing({
    knowledge: () => base,
    selector: scannedSelector(createSelector(), () => undefined),
    renderer: createRenderer({ secret: SECRET }),
    decisions: units,
    trialRules: () => undefined,
    holdout: { global: 0, rule: isOurs ? HOLDOUT : 0 },
    treatments: (project, asking) => online.treatments(project, asking),
    secret: SECRET,
    now,
    ids: newId,
  });
  const uses = new Map(
    ids.map((id): [string, Uses] => [id, { with: { n: 0, sum: 0 }, without: { n: 0, sum: 0 } }]),
  );
  const given = new Map<string, readonly string[]>();
  const project: Project = {
    give(task, run, fingerprint) {
      const { text, items } = serving.get({ task, unit: run, run, fingerprint }, name);
      const told = items.map(({ id }) => id);
      given.set(run, told);
      return { text, told, about: units.newest?.items.map(({ rule }) => rule.split('@')[0] ?? '') ?? [] };
    },
    hear({ run, user, source, score }) {
      units.hear({ runId: run, source, score, receivedAtMs: options.now() }, user);
      const told = given.get(run) ?? [];
      for (const [id, { with: yes, without: no }] of uses) {
        const arm = told.includes(id) ? yes : no;
        arm.n += 1;
        arm.sum += score;
      }
      given.delete(run);
    },
    async look() {
      if (isOurs) await online.look(name);
      else
        for (const rule of base.served())
          if (isRejected(keeper, uses.get(rule.id)))
            await base.deprecate(rule.id, ACTOR, 'it does not look good');
    },
    inForce: (ruleId) => base.served().some(({ id }) => id === ruleId),
  };
  return { project, ids };
}

/** What is commonly read from the outcomes of answers with and without a rule, without coins. */
function isRejected(keeper: Keeper, uses: Uses | undefined): boolean {
  if (uses === undefined) return false;
  const { with: yes, without: no } = uses;
  if (keeper === 'removes below 30 % success after 10 uses')
    return yes.n >= LOW_USES && yes.sum / yes.n < LOW_SUCCESS;
  if (keeper !== 'removes when success is lower with than without') return false;
  return yes.n >= COMPARED_USES && no.n >= COMPARED_USES && yes.sum / yes.n < no.sum / no.n;
}
