import { encodeRows, type SqlDriver, type Table } from '@tracelore/collector/store';
import { AUDIT_PAIRS, auditPairwise, type PairwiseAudit } from '../../signals/pairwise-audit.ts';
import type { PairwiseJudge } from '../../signals/pairwise-judge.ts';
import type { NewId } from '../../ids.ts';
import { readAnswerPairs } from '../../trials/stored-answers.ts';
import type { LearnParts } from '../learn-parts.ts';

/** Columns as in `store/schema/005_verdicts.sql`. */
export const PAIRWISE_AUDITS: Table = {
  name: 'pairwise_audits',
  columns: {
    project: 'LowCardinality(String)',
    judge: 'LowCardinality(String)',
    pairs: 'UInt32',
    agreed: 'UInt32',
    may_decide: 'Bool',
    at: "DateTime64(3, 'UTC')",
  },
};

/** Most pairs that the judge is asked about in one audit, two calls of the model each. */
const PAIRS_MAX = 40;
/** Cases with known answers among which pairs are looked for. */
const CASES_MAX = 10_000;

const NO_AUDIT: PairwiseAudit = { pairs: 0, agreed: 0, mayDecide: false };

/**
 * Checks the judge that compares answers on cases whose answer is known: of each a stored answer that was right and one that
 * was wrong. Done once per project and model, as soon as there are enough of them, and stored: what was said then holds
 * after a restart too. An audit in which the model failed too often to tell is made again by the next pass.
 */
export function createPairwiseAudits(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly judge: PairwiseJudge | undefined;
  readonly now: () => Date;
  readonly newId: NewId;
}): LearnParts['pairwiseAudit'] {
  const { driver, judge } = options;
  const table = { ...PAIRWISE_AUDITS, name: `${options.database}.${PAIRWISE_AUDITS.name}` };

  async function stored(project: string, name: string): Promise<PairwiseAudit | undefined> {
    const [audit] = await driver.query<PairwiseAudit>(
      `SELECT pairs, agreed, may_decide AS mayDecide FROM ${table.name}
       WHERE project = {project: String} AND judge = {judge: String} ORDER BY at LIMIT 1`,
      { parameters: { project, judge: name } },
    );
    return audit;
  }

  return async (project, cases) => {
    if (judge === undefined) return NO_AUDIT;
    const known = await stored(project, judge.name);
    if (known !== undefined) return known;
    const checked = cases.filter(({ scorer }) => scorer !== 'judge' && scorer !== 'pairwise');
    const tasks = new Map(checked.slice(0, CASES_MAX).map(({ id, task }) => [id, task]));
    const pairs = await readAnswerPairs(options, project, [...tasks.keys()], PAIRS_MAX);
    const audit = await auditPairwise(
      judge,
      pairs.map(({ caseId, right, wrong }) => ({ task: tasks.get(caseId) ?? '', right, wrong })),
    );
    if (audit.pairs < AUDIT_PAIRS) return audit;
    const { pairs: asked, agreed, mayDecide } = audit;
    const row = {
      project,
      judge: judge.name,
      pairs: asked,
      agreed,
      may_decide: mayDecide,
      at: options.now(),
    };
    await driver.insert(encodeRows(table, [row], `pairwise-audit:${options.newId()}`));
    return audit;
  };
}
