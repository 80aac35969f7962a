import type { Random } from '../../../learner/src/stats/random.ts';
import { BROAD, NAIVE, type Beliefs, type Convention } from './convention.ts';
import { LEGACY, NEEDS_SHARES, type Domain, type Environment, type Result, type Task } from './domain.ts';
import { Requests, type Grammar, type Kind, type Request } from './requests.ts';

/** A domain whose tasks are requests in one sentence. */
export interface RequestDomainPlan {
  readonly name: string;
  readonly conventions: readonly Convention[];
  readonly grammar: Grammar;
  /** What somebody does about a request who believes this: the text that a model would answer. */
  readonly act: (request: Request, beliefs: Beliefs) => string;
  /** Does it, and says what became of it where this is true. */
  readonly execute: (request: Request, action: string, truth: Beliefs) => Result;
}

/** Draws of one task before its kind is declared exhausted. */
const DRAWS_MAX = 500;
/** Tasks of the exempt kind, and of the others, that are marked as legacy. */
const LEGACY_EXEMPT = 0.35;
const LEGACY_OTHERS = 0.05;
/** Of the tasks that need one convention, or two: those that need only what was added to them. */
const ONLY_ADDED = [0.35, 0.15] as const;
/** Careless answers that are not even of the right form. */
const BROKEN_SHARE = 0.2;
const BROKEN = 'I will take care of it.';

export function requestDomain(plan: RequestDomainPlan): Domain {
  const requests = new Requests(plan.grammar);
  const exemptible = plan.grammar.kinds.map(({ need }) => need).filter((need) => need !== '');
  return {
    name: plan.name,
    conventions: plan.conventions,
    exemptible,
    open(_seed, { truth, exempt, together }): Environment {
      const truthOf = ({ modifiers }: Request): Beliefs =>
        exempt !== '' && modifiers.includes(LEGACY) ? { ...truth, [exempt]: NAIVE } : truth;
      const truths = new Map<string, Beliefs>();
      const environment: Environment = {
        truth,
        drawTasks: (random, sizes) => {
          const taken = new Set<string>();
          return sizes.map((size) =>
            drawSet(plan, requests, { truthOf, exempt, together, taken, random, size }),
          );
        },
        truthFor(task) {
          const known = truths.get(task);
          if (known !== undefined) return known;
          const request = requests.read(task);
          const holds = request === undefined ? truth : truthOf(request);
          truths.set(task, holds);
          return holds;
        },
        act(task, beliefs) {
          const request = requests.read(task);
          return request && plan.act(request, beliefs);
        },
        actCarelessly(task, beliefs, random) {
          const request = requests.read(task);
          if (request === undefined) return undefined;
          return random.next() < BROKEN_SHARE ? BROKEN : plan.act(requests.misread(request, random), beliefs);
        },
        execute(task, action) {
          const request = requests.read(task);
          if (request === undefined) throw new Error(`not a task of ${plan.name}: "${task}"`);
          return plan.execute(request, action, truthOf(request));
        },
        needsOf(task) {
          const request = requests.read(task);
          return request && requests.needsOf(request);
        },
        close: () => undefined,
      };
      return environment;
    },
  };
}

interface DrawOptions {
  readonly truthOf: (request: Request) => Beliefs;
  readonly exempt: string;
  readonly together: boolean;
  readonly taken: Set<string>;
  readonly random: Random;
  readonly size: number;
}

/** Kinds and additions come in turns, so that every convention is needed by as many tasks of a set as the next. */
function drawSet(plan: RequestDomainPlan, requests: Requests, options: DrawOptions): readonly Task[] {
  const { random, size, taken } = options;
  const neutral = inTurns(
    requests.kinds.filter(({ need }) => need === ''),
    random,
  );
  const needy = inTurns(
    requests.kinds.filter(({ need }) => need !== ''),
    random,
  );
  const added = inTurns(
    requests.modifiers.filter(({ need }) => need !== '').map(({ name }) => name),
    random,
  );
  const onlyAdded = [inTurns(shares(ONLY_ADDED[0]), random), inTurns(shares(ONLY_ADDED[1]), random)];
  const tasks = countsOf(size).flatMap((count, needs) =>
    Array.from({ length: count }, (): Task => {
      const isOnlyAdded = needs === 0 || onlyAdded[needs - 1]?.() === true;
      const kind = isOnlyAdded ? neutral() : needy();
      const modifiers = distinct(added, isOnlyAdded ? needs : needs - 1);
      return drawOne(plan, requests, kind, withPair(modifiers, requests, options.together), options);
    }),
  );
  for (const { text } of tasks) taken.add(text);
  return random.shuffle(tasks);
}

function drawOne(
  plan: RequestDomainPlan,
  requests: Requests,
  kind: Kind,
  modifiers: readonly string[],
  { truthOf, exempt, taken, random }: DrawOptions,
): Task {
  for (let draws = 0; draws < DRAWS_MAX; draws += 1) {
    const isLegacy = random.next() < (exempt !== '' && kind.need === exempt ? LEGACY_EXEMPT : LEGACY_OTHERS);
    const request = requests.draw(kind, isLegacy ? [...modifiers, LEGACY] : modifiers, random);
    const text = requests.worded(request, random);
    if (taken.has(text) || !isDecided(plan, requests, request, truthOf(request))) continue;
    taken.add(text);
    return { text, needs: requests.needsOf(request), tags: isLegacy ? [LEGACY] : [] };
  }
  throw new Error(`${plan.name}: no new request of kind ${kind.name} in ${DRAWS_MAX} draws`);
}

/** Whoever reads every needed convention right succeeds, and whoever reads one of them in any other way fails. */
export function isDecided(
  plan: RequestDomainPlan,
  requests: Requests,
  request: Request,
  truth: Beliefs,
): boolean {
  const succeeds = (beliefs: Beliefs): boolean =>
    plan.execute(request, plan.act(request, beliefs), truth).score === 1;
  return (
    succeeds(truth) &&
    plan.conventions
      .filter(({ name }) => requests.needsOf(request).includes(name))
      .every(({ name, values }) =>
        [NAIVE, BROAD, ...values]
          .filter((value) => value !== truth[name])
          .every((value) => !succeeds({ ...truth, [name]: value })),
      )
  );
}

function countsOf(size: number): readonly number[] {
  let share = 0;
  let filled = 0;
  return NEEDS_SHARES.map((each) => {
    share += each;
    const count = Math.round(size * share) - filled;
    filled += count;
    return count;
  });
}

/** Twenty answers to "only what is added?", in the given share. */
function shares(share: number): readonly boolean[] {
  return Array.from({ length: 20 }, (_, index) => index < 20 * share);
}

/** Every item once in random order, and again. */
function inTurns<T>(items: readonly T[], random: Random): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = random.shuffle(items);
    const next = left.pop();
    if (next === undefined) throw new Error('nothing to take turns with');
    return next;
  };
}

function distinct(next: () => string, count: number): readonly string[] {
  const drawn = new Set<string>();
  while (drawn.size < count) drawn.add(next());
  return [...drawn];
}

function withPair(modifiers: readonly string[], requests: Requests, together: boolean): readonly string[] {
  const [first, second] = requests.modifiers.map(({ name }) => name);
  if (!together || first === undefined || second === undefined) return modifiers;
  return modifiers.includes(first) || modifiers.includes(second)
    ? [...new Set([...modifiers, first, second])]
    : modifiers;
}
