import type { SqlDriver } from '@tracelore/collector/store';
import { auditPairwise, type PairwiseAudit } from '../../signals/pairwise-audit.ts';
import type { PairwiseJudge } from '../../signals/pairwise-judge.ts';
import { readAnswerPairs } from '../../trials/stored-answers.ts';
import type { LearnParts } from '../learn-parts.ts';

/** Most pairs that the judge is asked about in one audit, two calls of the model each. */
const PAIRS_MAX = 40;
/** Cases with known answers among which pairs are looked for. */
const CASES_MAX = 10_000;
/** Projects whose audit is remembered. */
const REMEMBERED_MAX = 1_000;

const NO_AUDIT: PairwiseAudit = { pairs: 0, agreed: 0, mayDecide: false };

/**
 * Checks the judge that compares answers on cases whose answer is known: of each a stored answer that was right and one that
 * was wrong. Done once per project and process, as soon as there are enough of them.
 */
export function createPairwiseAudits(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly judge: PairwiseJudge | undefined;
}): LearnParts['pairwiseAudit'] {
  const remembered = new Map<string, PairwiseAudit>();
  return async (project, cases) => {
    const known = remembered.get(project);
    if (known !== undefined) return known;
    if (options.judge === undefined) return NO_AUDIT;
    const checked = cases.filter(({ scorer }) => scorer !== 'judge' && scorer !== 'pairwise');
    const tasks = new Map(checked.slice(0, CASES_MAX).map(({ id, task }) => [id, task]));
    const pairs = await readAnswerPairs(options, project, [...tasks.keys()], PAIRS_MAX);
    const audit = await auditPairwise(
      options.judge,
      pairs.map(({ caseId, right, wrong }) => ({ task: tasks.get(caseId) ?? '', right, wrong })),
    );
    if (audit.pairs > 0 && remembered.size < REMEMBERED_MAX) remembered.set(project, audit);
    return audit;
  };
}
