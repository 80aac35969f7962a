import type { SqlDriver } from '@tracelore/collector/store';
import { OUTCOME_SOURCES, type OutcomeSource } from '@tracelore/sdk/contract';
import { correctedLiftWithError, type CorrectedLift } from '../stats/judge-correction.ts';
import { createAuditReader } from './audit-reader.ts';
import { AUDITED_RUNS_MIN, mayDecide, signalQualities, type SignalQuality } from './signal-quality.ts';

/** Time for which audits are taken from memory, ms: they change slowly and cost a query over all outcomes. */
const REMEMBERED_MS = 60_000;
/** Sources whose lift is corrected: those that are wrong now and then. */
const CORRECTED: readonly OutcomeSource[] = ['feedback', 'judge'];
const LIFTS_MAX = 10_000;

/** What a noisy source alone says a rule changes, and what that is when its errors are taken out. */
export interface JudgedLift {
  readonly ruleId: string;
  readonly epoch: string;
  readonly source: OutcomeSource;
  readonly units: number;
  readonly judged: number;
  /** null = the source is no better than a coin, or nothing is known about it. */
  readonly corrected: CorrectedLift | null;
}

/** How far the signals of a project can be believed, and what follows. */
export interface SignalReport {
  readonly signals: readonly SignalQuality[];
  /** Sources whose outcomes promote and deprecate rules. */
  readonly deciding: readonly OutcomeSource[];
  readonly lifts: readonly JudgedLift[];
}

/** What a person should know about sources that decide nothing, one sentence each. */
export function signalNotes({ signals }: Pick<SignalReport, 'signals'>): readonly string[] {
  return signals.flatMap(({ source, agent, standing, audited, balancedAccuracy }) => {
    const who = `Outcomes of source ${source} about agent "${agent}" rank runs but decide nothing`;
    switch (standing) {
      case 'trusted':
        return [];
      case 'unaudited':
        return source === 'judge'
          ? [`${who}: ${audited} of ${AUDITED_RUNS_MIN} runs are audited by a more trusted source.`]
          : [];
      case 'inaccurate':
        return [
          `${who}: balanced accuracy is ${Math.round(balancedAccuracy * 100)} % in ${audited} audited runs.`,
        ];
      case 'depends_on_arm':
        return [`${who}: they are wrong more often with rules than without, or the other way round.`];
      default:
        return standing satisfies never;
    }
  });
}

export interface SignalReporter {
  /** Sources that may promote and deprecate now; at most a minute old. */
  deciding(project: string): Promise<readonly OutcomeSource[]>;
  report(project: string): Promise<SignalReport>;
}

interface LiftRow {
  readonly rule_id: string;
  readonly epoch: string;
  readonly source: string;
  readonly injected: boolean;
  readonly units: string;
  readonly mean: number;
  readonly variance: number;
}

export function createSignalReporter(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly now: () => Date;
}): SignalReporter {
  const { driver, database, now } = options;
  const readAudits = createAuditReader(options);
  const remembered = new Map<
    string,
    { readonly atMs: number; readonly deciding: readonly OutcomeSource[] }
  >();

  const decidingBy = (qualities: readonly SignalQuality[]): readonly OutcomeSource[] =>
    OUTCOME_SOURCES.filter((source) => mayDecide(source, qualities));

  return {
    async deciding(project) {
      const atMs = now().getTime();
      const known = remembered.get(project);
      if (known !== undefined && atMs - known.atMs < REMEMBERED_MS) return known.deciding;
      const deciding = decidingBy(signalQualities(await readAudits(project)));
      remembered.set(project, { atMs, deciding });
      return deciding;
    },
    async report(project) {
      const signals = signalQualities(await readAudits(project));
      const rows = await driver.query<LiftRow>(
        `SELECT rule_id, epoch, source, injected, count() AS units, avg(outcome) AS mean, varPop(outcome) AS variance
         FROM ${database}.online_units
         WHERE project = {project: String} AND source IN {sources: Array(String)} AND isNotNull(outcome)
         GROUP BY rule_id, epoch, source, injected ORDER BY rule_id, epoch, source`,
        { parameters: { project, sources: [...CORRECTED] }, rowsMax: LIFTS_MAX },
      );
      return { signals, deciding: decidingBy(signals), lifts: liftsOf(rows, signals) };
    },
  };
}

function liftsOf(rows: readonly LiftRow[], signals: readonly SignalQuality[]): readonly JudgedLift[] {
  const groups = Map.groupBy(rows, ({ rule_id, epoch, source }) => `${rule_id}\u0000${epoch}\u0000${source}`);
  return [...groups.values()].flatMap((arms) => {
    const [given, withheld] = [true, false].map((injected) => arms.find((arm) => arm.injected === injected));
    const source = OUTCOME_SOURCES.find((one) => one === given?.source);
    if (given === undefined || withheld === undefined || source === undefined) return [];
    const judged = given.mean - withheld.mean;
    const variance = given.variance / Number(given.units) + withheld.variance / Number(withheld.units);
    // Epochs do not name the agent: the least certain audit of the source counts for all.
    const [quality] = signals
      .filter((signal) => signal.source === source)
      .sort((a, b) => a.balancedAccuracy - b.balancedAccuracy);
    const corrected =
      quality === undefined
        ? null
        : correctedLiftWithError({ lift: judged, variance }, quality.sensitivity, quality.specificity);
    const units = Number(given.units) + Number(withheld.units);
    return [{ ruleId: given.rule_id, epoch: given.epoch, source, units, judged, corrected }];
  });
}
