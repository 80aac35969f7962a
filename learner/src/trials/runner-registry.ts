import type { Clock } from './clock.ts';

/** A process that offers to run the agent. */
export interface RunnerStatus {
  readonly runner: string;
  readonly agent: string;
  readonly lastSeen: Date;
  readonly isAlive: boolean;
}

/** Runners remembered per project; the one not heard of for the longest time goes first. */
const RUNNERS_MAX = 1_000;
/** Projects remembered; at the limit the oldest is forgotten until its runner is heard of again. */
const PROJECTS_MAX = 10_000;

/** Who was heard of, and when. */
export interface RunnerRegistry {
  seen(project: string, who: { readonly runner: string; readonly agent?: string }): void;
  /** Trials start to wait: the grace time for a runner to show up begins now. */
  expect(project: string): void;
  /** Whether a runner is still given time to show up. */
  isExpected(project: string): boolean;
  list(project: string): readonly RunnerStatus[];
}

export function createRunnerRegistry(clock: Clock, graceMs: number): RunnerRegistry {
  const projects = new Map<string, Map<string, { agent: string; at: number }>>();
  const expected = new Map<string, number>();

  const isRecent = (at: number): boolean => clock.now().getTime() - at < graceMs;

  return {
    seen(project, { runner, agent }) {
      const runners = projects.get(project) ?? new Map<string, { agent: string; at: number }>();
      projects.set(project, runners);
      dropOldest(projects, PROJECTS_MAX);
      const before = runners.get(runner);
      runners.delete(runner);
      runners.set(runner, { agent: agent ?? before?.agent ?? '', at: clock.now().getTime() });
      dropOldest(runners, RUNNERS_MAX);
    },
    expect(project) {
      expected.set(project, clock.now().getTime());
      dropOldest(expected, PROJECTS_MAX);
    },
    isExpected: (project) => isRecent(expected.get(project) ?? 0),
    list(project) {
      return [...(projects.get(project) ?? [])].map(([runner, { agent, at }]) => ({
        runner,
        agent,
        lastSeen: new Date(at),
        isAlive: isRecent(at),
      }));
    },
  };
}

function dropOldest(map: Map<string, unknown>, sizeMax: number): void {
  const oldest = map.keys().next();
  if (map.size > sizeMax && oldest.done !== true) map.delete(oldest.value);
}
