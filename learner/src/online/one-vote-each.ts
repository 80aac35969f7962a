import { voteKey, type Closing, type UnitLedger } from './unit-ledger.ts';
import type { UnitReader } from './unit-reader.ts';

/** Runs may start this long before their first answer was decided, ms. */
const RUN_BEFORE_MS = 24 * 3_600_000;

/** A unit that closed, with one of its runs. */
interface ClosedRun {
  readonly run: string;
  readonly closing: Closing;
}

export interface Votes {
  readonly counted: readonly Closing[];
  /** To be forgotten: as units without an outcome they would still say that the rule does nothing. */
  readonly surplus: readonly Closing[];
}

/**
 * What users say counts once per user and rule in an epoch, however many conversations they have: the first that closed. Which
 * one counts depends on times and names only, never on arms or outcomes. What checks and people of the operator say is no
 * vote. Users whom no run names are one.
 */
export async function oneVoteEach(
  project: string,
  closed: readonly ClosedRun[],
  {
    ledger,
    reader,
  }: { readonly ledger: Pick<UnitLedger, 'votes'>; readonly reader: Pick<UnitReader, 'principalsOf'> },
): Promise<Votes> {
  const votes = closed.filter(({ closing }) => isVote(closing));
  if (votes.length === 0) return { counted: closed.map(({ closing }) => closing), surplus: [] };
  const sinceMs = Math.min(...votes.map(({ closing }) => closing.decidedAtMs)) - RUN_BEFORE_MS;
  const principals = await reader.principalsOf(project, [...new Set(votes.map(({ run }) => run))], sinceMs);
  const voterOf = (run: string): string => principals.get(run) ?? '';
  const given = new Set(await ledger.votes(project, [...new Set(votes.map(({ run }) => voterOf(run)))]));
  const [counted, surplus]: [Closing[], Closing[]] = [[], []];
  for (const { run, closing } of closed) {
    if (!isVote(closing)) {
      counted.push(closing);
      continue;
    }
    const vote = { ...closing, voter: voterOf(run) };
    if (given.has(voteKey(vote))) surplus.push(closing);
    else {
      given.add(voteKey(vote));
      counted.push(vote);
    }
  }
  return { counted, surplus };
}

/** Of a user, or of several sources: a user's may be among them. */
function isVote({ source, outcome }: Closing): boolean {
  return outcome !== null && (source === 'feedback' || source === '');
}
