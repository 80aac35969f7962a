import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { Rule, RuleStatus } from '../knowledge/rule.ts';
import type { PredictionResult } from '../validators/prediction-result.ts';
import type { CycleReport } from '../validators/validator.ts';
import type { ProductionCount, ReadPredictions } from './prediction-reader.ts';

/** Rules in one report; the newest come first. */
export const PREDICTIONS_LISTED_MAX = 200;

/** One thing that was predicted of a rule: what trials said, and what production counts. */
export interface ScoredPrediction {
  /** Failure signature, or slice. */
  readonly name: string;
  readonly validation: PredictionResult;
  /** Since the rule went into service; `null` = it never did, or nothing was judged since. */
  readonly production: ProductionCount | null;
}

export interface RulePredictions {
  readonly ruleId: string;
  readonly version: number;
  readonly status: RuleStatus;
  readonly fixes: readonly ScoredPrediction[];
  readonly risks: readonly ScoredPrediction[];
  /** Slices that trials saw harmed and nobody had predicted. */
  readonly missed: readonly string[];
}

type Tally = Readonly<Record<PredictionResult, number>>;

/** How good the analyzer's predictions are: those of fixes tend to be, those of risks not. */
export interface PredictionReport {
  readonly rules: readonly RulePredictions[];
  /** By the trials. */
  readonly fixes: Tally;
  readonly risks: Tally & { readonly missed: number };
}

export interface PredictionReportOptions {
  readonly base: Pick<KnowledgeBase, 'list' | 'history' | 'project'>;
  readonly verdictOf: (project: string, ruleId: string) => Promise<CycleReport | undefined>;
  readonly read: ReadPredictions;
}

/** Scores what lessons predicted, after validation and in production. */
export async function reportPredictions(options: PredictionReportOptions): Promise<PredictionReport> {
  const { base } = options;
  const predicting = base
    .list()
    .filter(({ provenance }) => provenance.predicted !== undefined)
    .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
    .slice(0, PREDICTIONS_LISTED_MAX);
  const rules: RulePredictions[] = [];
  for (const rule of predicting) rules.push(await scoreRule(rule, options));
  const fixes = rules.flatMap((rule) => rule.fixes);
  const risks = rules.flatMap((rule) => rule.risks);
  const missed = rules.reduce((sum, rule) => sum + rule.missed.length, 0);
  return { rules, fixes: tally(fixes), risks: { ...tally(risks), missed } };
}

async function scoreRule(
  rule: Rule,
  { base, verdictOf, read }: PredictionReportOptions,
): Promise<RulePredictions> {
  const { id, version, status, provenance } = rule;
  const { fixes = [], risks = [] } = provenance.predicted ?? {};
  const cycle = await verdictOf(base.project, id);
  const scored = cycle?.reports.find((one) => one.ruleId === id && one.ruleVersion === version)?.prediction;
  const activated = base.history(id).find(({ type }) => type === 'activated' || type === 'approved');
  const seen =
    activated === undefined
      ? undefined
      : await read(base.project, {
          ruleId: id,
          agent: provenance.agent ?? '',
          sinceMs: Date.parse(activated.at),
          fixes,
          risks,
        });
  return {
    ruleId: id,
    version,
    status,
    fixes: fixes.map((name) => ({
      name,
      validation: scored?.fixes.find(({ signature }) => signature === name)?.result ?? 'unknown',
      production: seen?.fixes.get(name) ?? null,
    })),
    risks: risks.map((name) => ({
      name,
      validation: scored?.risks.find(({ slice }) => slice === name)?.result ?? 'unknown',
      production: seen?.risks.get(name) ?? null,
    })),
    missed: scored?.missed ?? [],
  };
}

function tally(predictions: readonly ScoredPrediction[]): Tally {
  const count = (result: PredictionResult): number =>
    predictions.filter(({ validation }) => validation === result).length;
  return { came_true: count('came_true'), did_not: count('did_not'), unknown: count('unknown') };
}
