import { OUTCOME_SOURCES, type OutcomeSource } from '@tracelore/sdk/contract';
import {
  mayDecide,
  signalQualities,
  type AuditedRun,
  type Standing,
} from '../../../learner/src/signals/signal-quality.ts';
import { createRandom } from '../../../learner/src/stats/random.ts';
import { run } from '../agent/agent.ts';
import { toldBy } from './trials.ts';
import type { World } from './world.ts';

/** Runs of which both the judge and a check spoke, with the text that these rules make. */
function auditedRuns(world: World, render: (task: string) => string): readonly AuditedRun[] {
  const { training, mind, seed, scenario, domain } = world;
  return training.map(({ text }, index) => {
    const random = createRandom(`audit ${seed} ${index}`);
    const block = render(text);
    const { score } = run(mind, block, text, random).result;
    const said = toldBy(scenario, { score, assures: mind.read(block).assures }, random) === 1;
    return { agent: domain, source: 'judge', said, truth: score === 1, hadRules: block !== '' };
  });
}

/** Sources that may promote rules here before anything was learned. */
export function decidingIn(world: World): readonly OutcomeSource[] {
  if (world.scenario.judge === 'none') return ['check'];
  const audits = world.scenario.judge === 'audited' ? auditedRuns(world, () => '') : [];
  const qualities = signalQualities(audits);
  return OUTCOME_SOURCES.filter((source) => mayDecide(source, qualities));
}

/** What audits say of the judge once these rules are in force; `null` = no judge judges here. */
export function standingWith(world: World, render: (task: string) => string): Standing | null {
  if (world.scenario.judge === 'none') return null;
  const audits = [...auditedRuns(world, () => ''), ...auditedRuns(world, render)];
  return signalQualities(audits)[0]?.standing ?? 'unaudited';
}
