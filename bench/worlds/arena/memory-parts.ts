import { createHash } from 'node:crypto';
import type { TracedRun } from '../../../learner/src/analyzers/traced-run.ts';
import type { NewId } from '../../../learner/src/ids.ts';
import type { KnowledgeEvent } from '../../../learner/src/knowledge/knowledge-base.ts';
import type { KnowledgeLog } from '../../../learner/src/knowledge/knowledge-log.ts';
import type { RuleSupport } from '../../../learner/src/learn/records/analysis-log.ts';
import type { LearnParts } from '../../../learner/src/learn/learn-parts.ts';
import type { RunReader } from '../../../learner/src/learn/select/select-runs.ts';
import type { CycleReport } from '../../../learner/src/validators/validator.ts';

/** Ids that follow from a seed. */
export function seededIds(seed: string): NewId {
  let count = 0;
  return () => {
    count += 1;
    return createHash('sha256').update(`${seed} ${count}`).digest('hex').slice(0, 32);
  };
}

/** What a learning pass stores, kept in memory: the same interfaces as with the database. */
export class MemoryStore {
  readonly #runs: TracedRun[] = [];
  readonly #analysed = new Set<string>();
  readonly #events: KnowledgeEvent[] = [];
  readonly #support: RuleSupport[] = [];
  readonly #cycles: CycleReport[] = [];
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  get cycles(): readonly CycleReport[] {
    return this.#cycles;
  }

  addRuns(runs: readonly TracedRun[]): void {
    this.#runs.push(...runs);
  }

  readonly reader: RunReader = {
    listRuns: ({ outcome, unanalysed, limit, after }) => {
      const from = after === undefined ? this.#runs.length : this.#indexOf(after.runId);
      const older = this.#runs.slice(0, from).toReversed();
      const wanted = older.filter(
        ({ summary, outcomes }) =>
          (outcome === undefined || outcome === outcomeOf(outcomes[0]?.passed)) &&
          !(unanalysed === true && this.#analysed.has(summary.runId)),
      );
      return Promise.resolve(wanted.slice(0, limit).map(({ summary }) => summary));
    },
    readRun: (_project, runId) => Promise.resolve([...(this.#runs[this.#indexOf(runId)]?.spans ?? [])]),
    outcomesOf: (_project, runIds) =>
      Promise.resolve(
        new Map(runIds.map((runId) => [runId, [...(this.#runs[this.#indexOf(runId)]?.outcomes ?? [])]])),
      ),
  };

  readonly knowledgeLog: KnowledgeLog = {
    // oxlint-disable-next-line require-await
    read: async function* read(this: void) {
      // Nothing was stored before.
    },
    count: () => Promise.resolve(this.#events.length),
    counts: () => Promise.resolve(new Map()),
    append: (events) => {
      this.#events.push(...events);
      return Promise.resolve();
    },
    eraseQuotes: () => Promise.resolve(),
  };

  readonly analyses: LearnParts['analyses'] = {
    markAnalysed: (_project, _learnId, runIds) => {
      for (const runId of runIds) this.#analysed.add(runId);
      return Promise.resolve();
    },
    addSupport: (_project, _learnId, ruleId, evidence) => {
      const at = this.#now().getTime();
      for (const runId of new Set(evidence.map((each) => each.runId))) {
        this.#support.push({ ruleId, runId, at, principal: evidence[0]?.principal ?? '' });
      }
      return Promise.resolve();
    },
    passOnSupport: (_project, _learnId, from, to) => {
      const passed = this.#support.filter(({ ruleId }) => ruleId === from);
      this.#support.push(...passed.map((each) => ({ ...each, ruleId: to })));
      return Promise.resolve();
    },
    support: () => Promise.resolve(this.#support),
  };

  readonly verdicts: LearnParts['verdicts'] = {
    save: (cycle) => {
      this.#cycles.push(cycle);
      return Promise.resolve();
    },
    cycles: () => Promise.resolve(this.#cycles.toReversed()),
    cycle: (_project, id) => Promise.resolve(this.#cycles.find((cycle) => cycle.id === id)),
    verdictOf: (_project, ruleId) =>
      Promise.resolve(this.#cycles.findLast(({ reports }) => reports.some((each) => each.ruleId === ruleId))),
    fingerprints: () =>
      Promise.resolve(new Map(this.#cycles.map(({ id, fingerprint }) => [id, fingerprint]))),
    judged: () =>
      Promise.resolve(
        new Set(
          this.#cycles.flatMap(({ reports }) =>
            reports.map(({ ruleId, ruleVersion }) => `${ruleId}@${ruleVersion}`),
          ),
        ),
      ),
  };

  #indexOf(runId: string): number {
    return this.#runs.findIndex(({ summary }) => summary.runId === runId);
  }
}

function outcomeOf(passed: boolean | null | undefined): 'passed' | 'failed' | 'none' {
  return passed === undefined || passed === null ? 'none' : passed ? 'passed' : 'failed';
}
