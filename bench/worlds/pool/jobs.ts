import { measureWorld } from '../arena/run-arena.ts';
import { runCycles } from '../gates/cycles.ts';
import { countSlices } from '../gates/slices.ts';
import { live } from '../life/life.ts';
import { runConfoundedWorld } from '../streams/confounded.ts';
import { runStreamsOf } from '../streams/run-streams.ts';

/**
 * What a child can be asked for, by name. A job follows from its input alone, seeds included, so that neither the number of
 * children nor who gets it changes what comes out.
 */
export interface Jobs {
  readonly cycles: typeof runCycles;
  readonly slices: typeof countSlices;
  readonly streams: typeof runStreamsOf;
  readonly confounded: typeof runConfoundedWorld;
  readonly world: typeof measureWorld;
  readonly life: typeof live;
}

export const JOBS: Jobs = {
  cycles: runCycles,
  slices: countSlices,
  streams: runStreamsOf,
  confounded: runConfoundedWorld,
  world: measureWorld,
  life: live,
};

export type JobName = keyof Jobs;
export type JobInput<Name extends JobName> = Parameters<Jobs[Name]>[0];
export type JobOutput<Name extends JobName> = Awaited<ReturnType<Jobs[Name]>>;
