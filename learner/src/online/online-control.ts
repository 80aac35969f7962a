import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { Rule } from '../knowledge/rule.ts';
import type { Asking, Treatments } from '../serving/coins.ts';
import { actOnWatches } from './act-on-watches.ts';
import { epochOf } from './epoch.ts';
import { ProjectWatch, type ProjectWatchParts } from './project-watch.ts';
import { rollBack } from './roll-back.ts';
import { withheldShare, type StageShares } from './stage.ts';
import { brokenRules, layerOf, watchViews, type LayerView, type WatchView } from './watch-view.ts';

/** What units and watches are stored in comes with it. */
export interface OnlineControlOptions extends ProjectWatchParts {
  readonly knowledge: (project: string) => KnowledgeBase;
  readonly shares: StageShares;
}

export interface OnlineCounts {
  /** Pairs of rule and unit that wait for an outcome. */
  readonly waiting: number;
  /** Pairs that were left out because too many waited. */
  readonly dropped: number;
  /** Experiments that are held. */
  readonly watches: number;
}

/** Release and watch: rules that are served are measured on what they are served for, and removed when they harm. */
export interface OnlineControl {
  /** Reads the stored evidence of these projects. Before it every rule of theirs is in canary. */
  load(projects: readonly string[]): Promise<void>;
  /** How rules are served to a unit now. Synchronous, from memory. Call it once per answer: it takes note of who asks. */
  treatments(project: string, asking: Asking): Treatments;
  /**
   * Consumes the units of a project that closed since the last look, each exactly once, and acts on what they say. Never
   * twice at once for a project.
   */
  look(project: string): Promise<void>;
  /** What is known about a served or once served rule, one view per epoch, current ones first. */
  views(project: string, rule: Rule): readonly WatchView[];
  /** Ids of rules with an experiment about which nothing is decided, since its arms cannot be compared; '' = the whole layer. */
  brokenRules(project: string): readonly string[];
  /** What the whole layer changes; `null` while nothing is measured. */
  layer(project: string): LayerView | null;
  /** Over all projects. */
  counts(): OnlineCounts;
}

export function createOnlineControl(options: OnlineControlOptions): OnlineControl {
  const { knowledge, shares, holdoutGlobal } = options;
  const projects = new Map<string, ProjectWatch>();
  const looking = new Map<string, Promise<void>>();
  const isMeasured = shares.steady > 0;

  function watchOf(project: string): ProjectWatch {
    const watch = projects.get(project) ?? new ProjectWatch(options, project);
    projects.set(project, watch);
    return watch;
  }

  async function look(project: string): Promise<void> {
    if (!isMeasured && holdoutGlobal === 0) return;
    const watch = watchOf(project);
    const base = knowledge(project);
    // Most projects of a large service have nothing to measure: they cost no query.
    if (base.served().length === 0 && watch.pending.size === 0) return;
    await watch.look();
    await actOnWatches(base, watch.book);
    await rollBack(base, watch.book, options.now());
  }

  return {
    async load(names) {
      for (const project of names) await watchOf(project).load();
    },
    treatments(project, { agent, unit, fingerprint: stated }) {
      const { book, fingerprints } = watchOf(project);
      const fingerprint = fingerprints.resolve(agent, stated, unit);
      return {
        fingerprint,
        of(rule) {
          const epoch = epochOf(knowledge(project), rule, fingerprint);
          const watch = book.find(rule.id, epoch)?.watch;
          const stage = watch?.stage ?? 'canary';
          return {
            epoch,
            withheld: isMeasured ? withheldShare(stage, watch?.cautious ?? false, shares) : 0,
          };
        },
      };
    },
    look(project) {
      const running = looking.get(project);
      if (running !== undefined) return running;
      const started = look(project).finally(() => looking.delete(project));
      looking.set(project, started);
      return started;
    },
    views: (project, rule) =>
      isMeasured ? watchViews(knowledge(project), rule, watchOf(project).book, shares) : [],
    brokenRules: (project) => brokenRules(watchOf(project).book),
    layer: (project) => (holdoutGlobal > 0 ? layerOf(watchOf(project).book, holdoutGlobal) : null),
    counts() {
      const watches = [...projects.values()];
      const sum = (count: (watch: ProjectWatch) => number): number =>
        watches.reduce((total, watch) => total + count(watch), 0);
      return {
        waiting: sum(({ pending }) => pending.size),
        dropped: sum(({ pending }) => pending.refused),
        watches: sum(({ book }) => book.all().length),
      };
    },
  };
}
