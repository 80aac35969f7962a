import type { RuleText } from '../../../learner/src/knowledge/rule.ts';
import { createRandom, type Random } from '../../../learner/src/stats/random.ts';
import { run, type Mind } from '../agent/agent.ts';
import { successChance } from '../agent/success.ts';
import { DOMAINS } from '../domains/all.ts';
import { sentenceOf, type Beliefs, type Convention } from '../domains/convention.ts';
import { drawWorld, type World } from '../arena/world.ts';
import { PLAIN } from '../arena/scenario.ts';
import { openProject, type Keeper } from './keeper.ts';
import { LIVES, Outcomes, type LifeKind } from './outcomes.ts';
import { Watched, type Leaving } from './watched.ts';

interface LifeJob {
  readonly domain: string;
  readonly seed: string;
  readonly kind: LifeKind;
  readonly keeper: Keeper;
}

/** What became of a project. Phases: until something changes, until the new model, after it. */
export interface Lived extends LifeJob {
  /** A false rule that was in force from the first request on. */
  readonly harmful: Leaving;
  /** The rule about the convention that changed; absent where none changes. */
  readonly outdated?: Leaving;
  /** Right rules, and those of them that were removed while they were right and of use. */
  readonly useful: number;
  readonly lost: number;
  /** Rules that the new model has no use for, and those of them that are no longer served at the end. */
  readonly needless: number;
  readonly rested: number;
  /** Successes per 1 000 requests less than with every true convention told, by phase. */
  readonly regret: readonly number[];
}

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 0, 1);
/** Requests at the end in which a rule that is no longer served is missing. */
const LAST_REQUESTS = 1_000;
/** How long a unit waits for its outcome. */
const WINDOW_MS = 12 * 60 * MINUTE_MS;
/** Requests between two looks; there is one request a minute. */
const LOOK_EVERY = 250;
const KNOWN_CONVENTIONS = 3;

/** The job: one project through everything that happens to it. */
export async function live(job: LifeJob): Promise<Lived> {
  const domain = DOMAINS.find(({ name }) => name === job.domain);
  if (domain === undefined) throw new Error(`no domain is named ${job.domain}`);
  const world = drawWorld(domain, job.seed, PLAIN);
  const random = createRandom(`life ${job.kind} ${domain.name} ${job.seed}`);
  const [outdated, harmful, ...others] = random.shuffle(world.conventions);
  if (outdated === undefined || harmful === undefined) throw new Error('a world has conventions');
  const changed = { ...world.mind.environment.truth, [outdated.name]: otherValue(outdated, world, random) };
  const later = domain.open(job.seed, { truth: changed, exempt: '', together: false });
  try {
    const known = others.slice(0, KNOWN_CONVENTIONS);
    const drifted: Mind = { ...world.mind, environment: later };
    const minds = [
      world.mind,
      drifted,
      { ...drifted, luck: { ...drifted.luck, known: known.map(({ name }) => name) } },
    ] as const;
    const truths = minds.map(({ environment }) => linesOf(world.conventions, environment.truth).join('\n'));
    const texts = world.conventions.map((convention) =>
      ruleOf(
        convention,
        convention === harmful
          ? otherValue(convention, world, random)
          : (world.mind.environment.truth[convention.name] ?? ''),
      ),
    );
    let at = 0;
    const { project, ids } = await openProject(job.keeper, texts, {
      seed: job.seed,
      windowMs: WINDOW_MS,
      now: () => START_MS + at * MINUTE_MS,
    });
    const idOf = (convention: Convention): string => ids[world.conventions.indexOf(convention)] ?? '';
    const watched = [
      new Watched(idOf(harmful), 0),
      new Watched(idOf(outdated), LIVES[job.kind].driftAt),
      ...others.map((convention) => new Watched(idOf(convention), Infinity)),
    ];
    const tasks = [...world.sealed, ...world.cases.map(({ task }) => ({ text: task }))];
    const outcomes = new Outcomes(job.kind, random.split('outcomes'), project);
    const draws = random.split('requests');
    const phases = minds.map(() => ({ regret: 0, requests: 0 }));
    const { requests, driftAt, modelAt } = LIVES[job.kind];
    const lastTold = new Set<string>();
    let lost = 0;
    for (; at < requests; at += 1) {
      const phase = at < driftAt ? 0 : at < modelAt ? 1 : 2;
      const mind = minds[phase] ?? world.mind;
      const { text: task = '' } = tasks[draws.integer(tasks.length)] ?? {};
      const given = project.give(task, `run-${at}`, phase === 2 ? 'model b' : 'model a');
      const { score } = run(mind, given.text, task, draws).result;
      outcomes.tell(at, score, given.told.length > 0);
      const sums = phases[phase];
      if (sums !== undefined) {
        sums.requests += 1;
        sums.regret += successChance(mind, truths[phase] ?? '', task) - successChance(mind, given.text, task);
      }
      for (const each of watched) each.count(at, given.about);
      if (at >= requests - LAST_REQUESTS) for (const id of given.told) lastTold.add(id);
      if (at % LOOK_EVERY !== LOOK_EVERY - 1) continue;
      await project.look();
      for (const each of watched) each.see(at, project);
      if (at < modelAt) lost = watched.filter(({ isLost }) => isLost).length;
    }
    return {
      ...job,
      harmful: watched[0]?.leaving ?? null,
      ...(driftAt < requests ? { outdated: watched[1]?.leaving ?? null } : {}),
      useful: watched.length - 1,
      lost,
      needless: modelAt < requests ? known.length : 0,
      rested: known.filter((convention) => !lastTold.has(idOf(convention))).length,
      regret: phases.map((each) => (1_000 * each.regret) / Math.max(1, each.requests)),
    };
  } finally {
    later.close();
    world.close();
  }
}

function linesOf(conventions: readonly Convention[], truth: Beliefs): readonly string[] {
  return conventions.map((convention) => {
    const { content, appliesWhen } = ruleOf(convention, truth[convention.name] ?? '');
    return `- when ${appliesWhen}: ${content}`;
  });
}

function ruleOf(convention: Convention, value: string): RuleText {
  const { when, exact } = convention.forms;
  const content = sentenceOf(convention, exact[0] ?? '', value);
  return { kind: 'skill', content, appliesWhen: when[0] ?? '', tags: [] };
}

function otherValue({ name, values }: Convention, { mind }: World, random: Random): string {
  return random.shuffle(values.filter((value) => value !== mind.environment.truth[name]))[0] ?? '';
}
