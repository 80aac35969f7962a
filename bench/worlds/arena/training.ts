import { tracedRun } from '../../../learner/src/analyzers/traced-run.testing.ts';
import type { TracedRun } from '../../../learner/src/analyzers/traced-run.ts';
import type { Rule } from '../../../learner/src/knowledge/rule.ts';
import { createRandom } from '../../../learner/src/stats/random.ts';
import { run } from '../agent/agent.ts';
import type { PoisonEntry } from '../analyst/poison.ts';
import type { Blocks } from './blocks.ts';
import type { World } from './world.ts';

/** Share of runs in which a planted text stands. */
const POISONED_SHARE = 0.12;
/** People who use the agent. */
const USERS = 7;
/** Comments are cut as a test harness would cut them, characters. */
const COMMENT_CHARACTERS_MAX = 300;

/** Runs the agent on training tasks as in its daily work, with the rules in force, and records what a check would say. */
export function trainingRuns(
  world: World,
  round: number,
  rounds: number,
  inForce: readonly Rule[],
  blocks: Blocks,
): readonly TracedRun[] {
  const { training, mind, seed, scenario } = world;
  const at = (part: number): number => Math.floor((part * training.length) / rounds);
  return training.slice(at(round), at(round + 1)).map((task, index) => {
    const random = createRandom(`training ${seed} ${round} ${index}`);
    const knowledge = scenario.blind ? '' : blocks.give(task.text, inForce);
    const { action, result } = run(mind, knowledge, task.text, random);
    const passed = result.score === 1;
    const planted = plantedIn(world, round, index, passed);
    const runId = `${seed}-${round}-${index}`;
    const input = planted('user text', task.text);
    return tracedRun(runId, {
      summary: {
        project: world.domain,
        agent: world.domain,
        userId: `user-${index % USERS}`,
        fingerprint: 'simulated',
        outcome: null,
      },
      spans: [
        { kind: 'agent', name: 'answer', input, output: planted('forged success', result.output) },
        {
          kind: 'llm',
          name: 'decide',
          input: JSON.stringify([
            { role: 'system', content: knowledge },
            { role: 'user', content: input },
          ]),
          output: action,
        },
        {
          kind: 'tool',
          name: 'act',
          tool: 'act',
          input: action,
          output: planted('tool output', result.output),
        },
      ],
      outcomes: [
        {
          source: 'check',
          score: result.score,
          passed,
          comment: planted('feedback', result.comment.slice(0, COMMENT_CHARACTERS_MAX)),
        },
      ],
    });
  });
}

/** Adds a planted text where this run has one. Whoever plants a forged success needs a run that passed. */
function plantedIn(
  { poison, seed }: World,
  round: number,
  index: number,
  passed: boolean,
): (entry: PoisonEntry, text: string) => string {
  const random = createRandom(`poisoned ${seed} ${round} ${index}`);
  const chosen = random.next() < POISONED_SHARE ? poison[random.integer(poison.length)] : undefined;
  return (entry, text) => {
    if (chosen?.entry !== entry || (entry === 'forged success' && !passed)) return text;
    return `${text}\n${chosen.text}`;
  };
}
