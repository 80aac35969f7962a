import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { Rule } from '../knowledge/rule.ts';
import { bettingLogE, type Betting } from '../stats/betting.ts';
import { detectorValue } from '../stats/shiryaev-roberts.ts';
import { epochOf } from './epoch.ts';
import { liftOf, meanOutcome, type Lift } from './lift.ts';
import { layerEpoch } from './pending-units.ts';
import { brokenSplit, startWatch, WATCH, type RuleWatch } from './rule-watch.ts';
import { withheldShare, type Stage, type StageShares } from './stage.ts';
import type { Stratum } from './stratum.ts';
import { LAYER_ID, type WatchBook } from './watch-book.ts';
import type { Watched } from './watch-log.ts';

/** Error level of the intervals shown. */
export const SHOWN_ALPHA = 0.05;
/** E values grow without bound; what is shown does not. */
const SHOWN_E_MAX = 1e12;

/** One arm of an experiment in production. */
export interface ArmView {
  /** Units with an outcome, and without. */
  readonly units: number;
  readonly missing: number;
  /** Mean outcome in [0, 1], weighted over propensities; `null` without outcomes. */
  readonly outcome: number | null;
}

/** The effect of something in production. */
export interface EffectView {
  /** Closed units. */
  readonly units: number;
  readonly with: ArmView;
  readonly without: ArmView;
  /** Score units; interval at 95 %, valid at every look. `null` while an arm has no outcome. */
  readonly lift: Lift | null;
}

/** A rule in one epoch, for people and programs. */
export interface WatchView extends EffectView {
  readonly epoch: string;
  /** Model, prompt and tools it was seen under; '' = not stated. */
  readonly fingerprint: string;
  /** False = an earlier experiment: readable, no longer counted. */
  readonly current: boolean;
  readonly stage: Stage;
  /** Share of units the rule is withheld from now. */
  readonly withheldShare: number;
  readonly eHarm: number;
  readonly eBenefit: number;
  readonly eFutility: number;
  /** Drift detector and how often it went off. */
  readonly drift: number;
  readonly alarms: number;
  /** Why nothing is decided, or `null`. */
  readonly broken: 'split' | 'missing' | null;
  /** What happens next, in one sentence. */
  readonly next: string;
}

export type LayerView = EffectView;

/** Views of a rule's experiments: current ones first, the rule's next one even before its first unit. */
export function watchViews(
  base: Pick<KnowledgeBase, 'history'>,
  rule: Rule,
  book: WatchBook,
  shares: StageShares,
): WatchView[] {
  const isServed = rule.status === 'active' && !rule.quarantined && rule.priority !== 'pinned';
  const isCurrent = ({ epoch, fingerprint }: Watched): boolean =>
    epoch === epochOf(base, rule, fingerprint) && rule.status !== 'candidate';
  const watched = [...book.ofRule(rule.id)];
  if (isServed && !watched.some(isCurrent)) {
    const epoch = epochOf(base, rule, '');
    watched.push({ ruleId: rule.id, epoch, fingerprint: '', watch: startWatch() });
  }
  return watched
    .map((each) => viewOf(each, isCurrent(each), shares))
    .sort((a, b) => Number(b.current) - Number(a.current) || b.units - a.units);
}

/** Computed once per state, like effects: every state is looked at every few seconds. */
const BROKEN: WeakMap<RuleWatch, WatchView['broken']> = new WeakMap();

/** Rules with an experiment, present or past, whose arms cannot be compared. */
export function brokenRules(book: WatchBook): readonly string[] {
  const broken = book.all().filter(({ watch }) => {
    const known = BROKEN.get(watch);
    const split = known === undefined ? brokenSplit(watch) : known;
    BROKEN.set(watch, split);
    return split !== null;
  });
  return [...new Set(broken.map(({ ruleId }) => ruleId))];
}

/** The effect of all knowledge together against the units that get none. */
export function layerOf(book: WatchBook, globalHoldout: number): LayerView | null {
  const watch = book.find(LAYER_ID, layerEpoch(globalHoldout))?.watch;
  return watch === undefined ? null : effectOf(watch);
}

function viewOf({ epoch, fingerprint, watch }: Watched, current: boolean, shares: StageShares): WatchView {
  const broken = brokenSplit(watch);
  return {
    epoch,
    fingerprint,
    current,
    stage: watch.stage,
    withheldShare: withheldShare(watch.stage, watch.cautious, shares),
    ...effectOf(watch),
    eHarm: shownE(watch.harm),
    eBenefit: shownE(watch.benefit),
    eFutility: shownE(watch.futility),
    drift: detectorValue(watch.detector),
    alarms: watch.episodes,
    broken,
    next: current ? nextStep(watch, broken) : 'An earlier experiment: kept, no longer counted.',
  };
}

/** Computed once per state: states never change. */
const EFFECTS: WeakMap<RuleWatch, EffectView> = new WeakMap();

export function effectOf(watch: RuleWatch): EffectView {
  const known = EFFECTS.get(watch);
  if (known !== undefined) return known;
  const effect = {
    units: watch.units,
    with: armOf(watch.strata, 'injected'),
    without: armOf(watch.strata, 'withheld'),
    lift: liftOf(watch.strata, SHOWN_ALPHA),
  };
  EFFECTS.set(watch, effect);
  return effect;
}

function armOf(strata: readonly Stratum[], arm: 'injected' | 'withheld'): ArmView {
  const total = (count: (stratum: Stratum) => number): number =>
    strata.reduce((sum, stratum) => sum + count(stratum), 0);
  return {
    units: total((stratum) => stratum[arm].units),
    missing: total((stratum) => stratum[arm].missing),
    outcome: meanOutcome(strata, arm),
  };
}

function shownE(process: Betting): number {
  return Math.min(SHOWN_E_MAX, Math.exp(bettingLogE(process)));
}

function nextStep(watch: RuleWatch, broken: WatchView['broken']): string {
  if (broken === 'split') {
    return 'Nothing is decided: units are not split as the coins were. Are decisions or outcomes lost?';
  }
  if (broken === 'missing') {
    return 'Nothing is decided: outcomes go missing more often on one side, so the sides cannot be compared.';
  }
  const { units } = watch;
  const harm = `Removed at harm E ${WATCH.harmE}.`;
  switch (watch.stage) {
    case 'canary':
      return `Active after ${Math.max(0, WATCH.canaryUnitsMin - units)} more units, or ${Math.max(0, WATCH.canaryUnitsMax - units)} if harm shows. ${harm}`;
    case 'active':
      return watch.episodes === 0
        ? `Steady at benefit E ${WATCH.benefitE}. ${harm}`
        : `Stays active: it was suspect before. ${harm}`;
    case 'steady':
      return `Proven in production; the hold-out stays. ${harm}`;
    case 'suspect':
      return `Its effect seems to have changed: removed at E ${WATCH.harmE * 2 ** watch.episodes} since the alarm, else active again after ${Math.max(0, WATCH.suspectUnits - (watch.suspicion?.units ?? 0))} more units.`;
    case 'dormant':
      return `Helps by less than ${100 * WATCH.futileLift} points: not served. A person may approve it again.`;
    case 'deprecated':
      return 'Harmful: not served.';
    default:
      return watch.stage satisfies never;
  }
}
