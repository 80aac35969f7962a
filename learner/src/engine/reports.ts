import type { BlameReport as RunBlame } from '../reports/blame.ts';
import type { KnowledgeAudit } from '../reports/knowledge-audit.ts';
import type { LiftReport as LayerLift } from '../reports/lift-report.ts';
import type { Lift } from '../online/lift.ts';

/** How the rules in force are doing; rates and averages in [0, 1]. */
export interface AuditReport {
  /** The hold-out speaks against them. `effectivenessRate` is confounded: shown, never decided upon. */
  readonly decliningEffectiveness: readonly {
    readonly itemId: string;
    readonly effectivenessRate: number | null;
    readonly timesInjected: number;
    readonly effect: Lift | null;
  }[];
  /** At least ten injections and a rate below 0.3: no reason to remove a rule, but one to look. */
  readonly lowEffectiveness: AuditReport['decliningEffectiveness'];
  readonly neverInjected: readonly string[];
  /** 1 to 9 injections. */
  readonly insufficientData: readonly string[];
  readonly totalActive: number;
  /** Over rules with at least ten injections; 0 without any. */
  readonly avgEffectiveness: number;
}

export function auditReport(audit: KnowledgeAudit): AuditReport {
  const row = (rule: KnowledgeAudit['rules'][number]): AuditReport['decliningEffectiveness'][number] => ({
    itemId: rule.ruleId,
    effectivenessRate: rule.confoundedRate,
    timesInjected: rule.injections,
    effect: rule.effect,
  });
  return {
    decliningEffectiveness: audit.declining.map(row),
    lowEffectiveness: audit.lowRate.map(row),
    neverInjected: audit.neverInjected.map(({ ruleId }) => ruleId),
    insufficientData: audit.insufficientData
      .filter(({ injections }) => injections > 0)
      .map(({ ruleId }) => ruleId),
    totalActive: audit.inForce,
    avgEffectiveness: audit.averageConfoundedRate ?? 0,
  };
}

/** Units with knowledge against those held out; averages in [0, 1], 0 without outcomes. */
export interface LiftReport {
  readonly treatmentAvg: number;
  readonly controlAvg: number;
  readonly lift: number;
  /** 95 %, valid however often one looks; `null` while an arm has no outcome. */
  readonly interval: readonly [number, number] | null;
  /** The interval excludes 0. */
  readonly significant: boolean;
  readonly treatmentCount: number;
  readonly controlCount: number;
  readonly recommendation: string;
}

export function liftReport(layer: LayerLift): LiftReport {
  const { lift, significant, treatmentCount, controlCount, recommendation } = layer;
  return {
    treatmentAvg: layer.treatmentAvg ?? 0,
    controlAvg: layer.controlAvg ?? 0,
    lift: lift?.estimate ?? 0,
    interval: lift === null ? null : [lift.low, lift.high],
    significant,
    treatmentCount,
    controlCount,
    recommendation,
  };
}

/** Lines as agentlearn prints them. */
export function liftLines(report: LiftReport): readonly string[] {
  const average = (share: number): string => `${(100 * share).toFixed(1)}% avg score`;
  const sign = report.lift >= 0 ? '+' : '';
  const verdict = report.significant ? 'significant' : 'not significant';
  return [
    `Treatment (with knowledge): ${average(report.treatmentAvg)} (${report.treatmentCount} runs)`,
    `Control (without knowledge): ${average(report.controlAvg)} (${report.controlCount} runs)`,
    `Lift: ${sign}${(100 * report.lift).toFixed(1)}% (${verdict})`,
    report.recommendation,
  ];
}

/** Which rules of a run may have to do with its failure: suspicion, never proof. */
export interface BlameReport {
  readonly traceId: string;
  readonly candidates: readonly {
    readonly itemId: string;
    readonly isNew: boolean;
    /** Failures among the newest judged runs that carried the rule, not among all runs. */
    readonly recentFailureRate: number;
    readonly contentPreview: string;
    /** What it changes by its hold-out; `null` while that is not known. */
    readonly effect: Lift | null;
    readonly suspicions: readonly string[];
  }[];
  readonly recommendation: string;
}

export function blameReport(blame: RunBlame): BlameReport {
  return {
    traceId: blame.runId,
    candidates: blame.rules
      .filter(({ suspicions }) => suspicions.length > 0)
      .map(({ ruleId, isNew, recent, preview, effect, suspicions }) => ({
        itemId: ruleId,
        isNew,
        recentFailureRate: recent.runs === 0 ? 0 : recent.failed / recent.runs,
        contentPreview: preview,
        effect,
        suspicions,
      })),
    recommendation: blame.recommendation,
  };
}
