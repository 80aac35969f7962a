import { LearnerError } from './errors.ts';
import type { WorkerLease } from './store/worker-lease.ts';

/** Whether this process is the one that learns, watches and writes knowledge, or follows the one that does. */
export interface Worker {
  isWorking(): boolean;
  /** Throws {@link LearnerError} `unavailable`, retryable, when another process works. */
  demand(): void;
  /** Says who works instead, in words for people; undefined = this process does. */
  other(): string | undefined;
  /** Renews the role or tries to get it, and follows what was written elsewhere. Not twice at once. */
  keep(): Promise<void>;
  /** Gives the role up. */
  stop(): Promise<void>;
}

const TAKING_OVER =
  'This process has just become the one that writes knowledge and reads what is stored; try again in a moment.';

/** `follow` takes over what is stored; a process works only after it has done so. */
export function createWorker(lease: WorkerLease, follow: (isNew: boolean) => Promise<void>): Worker {
  let isCurrent = false;
  const other = (): string | undefined => lease.rival() ?? (isCurrent ? undefined : TAKING_OVER);
  return {
    isWorking: () => isCurrent && lease.isHeld(),
    other,
    demand() {
      const message = other();
      if (message !== undefined) throw new LearnerError('unavailable', message, { retryable: true });
    },
    async keep() {
      // What was held until now nobody else can have written.
      if (!lease.isHeld()) isCurrent = false;
      const isHeld = await lease.keep();
      if (isHeld && isCurrent) return;
      isCurrent = false;
      await follow(isHeld);
      isCurrent = isHeld;
    },
    stop: () => lease.release(),
  };
}
