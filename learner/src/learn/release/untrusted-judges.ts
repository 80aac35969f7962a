import type { EvalCase } from '../../evals/eval-case.ts';
import { AUDIT_PAIRS } from '../../signals/pairwise-audit.ts';
import type { LearnParts } from '../learn-parts.ts';
import { addNote, type PassRecord } from '../learn-pass.ts';

/**
 * Whether a model scored the trials for which no audit speaks: its word ranks, and a person decides. Says so in the record.
 */
export async function restsOnUntrustedJudge(
  parts: Pick<LearnParts, 'cases' | 'deciding' | 'pairwiseAudit'>,
  project: string,
  record: PassRecord,
): Promise<boolean> {
  const cases = await parts.cases.list(project);
  const isScoredBy = (name: EvalCase['scorer']): boolean => cases.some(({ scorer }) => scorer === name);
  let rests = false;
  if (isScoredBy('judge') && !(await parts.deciding(project)).includes('judge')) {
    rests = true;
    addNote(
      record,
      'eval cases are scored by a judge that too few audits speak for, so that proven rules wait for a person: record outcomes of people or checks for judged runs ("tracelore judge" says how many).',
    );
  }
  if (isScoredBy('pairwise')) {
    const audit = await parts.pairwiseAudit(project, cases);
    if (!audit.mayDecide) {
      rests = true;
      addNote(
        record,
        audit.pairs === 0
          ? `eval cases are scored by comparing answers, which nothing was checked on yet, so that proven rules wait for a person: it takes ${AUDIT_PAIRS} cases with a known answer that the agent got right once and wrong once.`
          : `eval cases are scored by comparing answers, which agrees with checks on ${audit.agreed} of ${audit.pairs} pairs only, so that proven rules wait for a person.`,
      );
    }
  }
  return rests;
}
