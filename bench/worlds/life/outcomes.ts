import type { Random } from '../../../learner/src/stats/random.ts';
import type { Project, Told } from './keeper.ts';

/** What happens to a project in production, and how long it is watched. */
export type LifeKind = 'drift' | 'late' | 'adversaries';

interface LifeSpan {
  readonly requests: number;
  /** Requests from which on a convention has changed, and another model answers; `Infinity` = never. */
  readonly driftAt: number;
  readonly modelAt: number;
}

export const LIVES: Readonly<Record<LifeKind, LifeSpan>> = {
  /** One convention changes, later another model answers that knows some of the others. */
  drift: { requests: 15_000, driftAt: 5_000, modelAt: 10_000 },
  /** Outcomes come up to ten hours late, one in ten never. */
  late: { requests: 6_000, driftAt: Infinity, modelAt: Infinity },
  /** Users say how it went, and one in a hundred of them, who asks a lot, wants the rules gone. */
  adversaries: { requests: 8_000, driftAt: Infinity, modelAt: Infinity },
};

/** There is one request a minute. */
const LATE_REQUESTS_MAX = 600;
const LATE_MISSING = 0.1;
const USERS = 200;
/** The first users are adversaries, and send this share of the requests. */
const ADVERSARIES = 2;
const ADVERSE_SHARE = 0.2;

/** How outcomes reach a project: at once, late, or from users who may lie. */
export class Outcomes {
  readonly #kind: LifeKind;
  readonly #random: Random;
  readonly #project: Project;
  readonly #coming = new Map<number, Told[]>();

  constructor(kind: LifeKind, random: Random, project: Project) {
    this.#kind = kind;
    this.#random = random;
    this.#project = project;
  }

  /** The outcome of a request, and everything that arrives until then. */
  tell(request: number, score: number, hadRules: boolean): void {
    const random = this.#random;
    const [isAdverse, isMissing, late] = [
      random.next() < ADVERSE_SHARE,
      random.next() < LATE_MISSING,
      random.integer(LATE_REQUESTS_MAX),
    ];
    const run = `run-${request}`;
    const user = random.integer(USERS - ADVERSARIES) + ADVERSARIES;
    if (this.#kind === 'adversaries') {
      const told = isAdverse ? Number(!hadRules) : score;
      const who = isAdverse ? user % ADVERSARIES : user;
      this.#project.hear({ run, user: `user-${who}`, source: 'feedback', score: told });
      return;
    }
    const told: Told = { run, user: `user-${user}`, source: 'check', score };
    if (this.#kind !== 'late') this.#project.hear(told);
    else if (!isMissing) {
      const arrives = request + late;
      this.#coming.set(arrives, [...(this.#coming.get(arrives) ?? []), told]);
    }
    for (const each of this.#coming.get(request) ?? []) this.#project.hear(each);
    this.#coming.delete(request);
  }
}
