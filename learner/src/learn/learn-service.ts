import { LearnerError } from '../errors.ts';
import type { LearnParts } from './learn-parts.ts';
import { newPass, passRecord, type LearnPass, type LearnRequest, type PassRecord } from './learn-pass.ts';
import { runPass } from './run-pass.ts';

/** Learning passes: at most one at a time per project. */
export interface LearnService {
  /** Starts a pass in the background. Throws LearnerError `conflict` while one runs, `unavailable` when there is nothing it could do. */
  start(project: string, request?: LearnRequest): Promise<{ readonly id: string }>;
  /** By id or unique prefix; live while it runs. */
  find(project: string, id: string): Promise<LearnPass | undefined>;
  /** Newest first. */
  list(project: string): Promise<readonly LearnPass[]>;
  last(project: string): Promise<LearnPass | undefined>;
  /** Newest pass that ended well, and newest one that failed. */
  lastEnds(project: string): Promise<LearnEnds>;
  /** Resolves when the pass that runs for this project, if any, has ended. */
  finished(project: string): Promise<void>;
  /** Passes of this process: those that run, and how the others ended. */
  counts(): { readonly running: number; readonly succeeded: number; readonly failed: number };
  /** Stops running passes and waits until they are written down. */
  stop(): Promise<void>;
}

export interface LearnEnds {
  readonly success: LearnPass | undefined;
  readonly failure: LearnPass | undefined;
}

/** Passes of this process whose last state is kept in memory; the oldest go first. */
const KNOWN_PASSES_MAX = 1_000;

interface LivePass {
  readonly record: PassRecord;
  readonly ended: Promise<void>;
}

export function createLearnService(parts: LearnParts): LearnService {
  const live = new Map<string, LivePass>();
  /** Running and lately ended: what was read from the store just before the end is not the last word. */
  const known = new Map<string, PassRecord>();
  const stopping = new AbortController();
  const ended = { succeeded: 0, failed: 0 };

  /** What is stored, live while it runs. A pass that nobody works on any more was interrupted. */
  function present(stored: LearnPass): LearnPass {
    if (stored.state !== 'running') return stored;
    const own = known.get(stored.id);
    if (own !== undefined) return own.current;
    return { ...stored, state: 'failed', error: 'interrupted: the service stopped while the pass ran' };
  }

  async function execute(project: string, request: LearnRequest, record: PassRecord): Promise<void> {
    let revision = 1;
    const save = async (): Promise<void> => {
      revision += 1;
      await parts.passes.save(record.current, revision);
    };
    try {
      await runPass({ parts, project, request, record, save, signal: stopping.signal });
      record.update({ state: 'succeeded', phase: 'done' });
      ended.succeeded += 1;
    } catch (error) {
      record.update({ state: 'failed', error: error instanceof Error ? error.message : String(error) });
      ended.failed += 1;
    }
    record.update({ finishedAt: parts.now().toISOString() });
    await save();
  }

  return {
    async start(project, request = {}) {
      const running = live.get(project);
      if (running !== undefined) {
        throw new LearnerError(
          'conflict',
          `Learning pass ${running.record.current.id} is running; wait for it to end.`,
        );
      }
      parts.demandWork();
      if (stopping.signal.aborted) throw new LearnerError('unavailable', 'The service is shutting down.');
      const hasCandidates = parts.knowledge(project).list({ status: 'candidate' }).length > 0;
      if (parts.analyzer === undefined && !hasCandidates) {
        const message =
          'No model is configured, so nothing can be learned: set OPENAI_API_KEY or OPENAI_BASE_URL and restart.';
        throw new LearnerError('unavailable', message);
      }
      const record = passRecord(newPass(parts.newId(), project, parts.now()));
      const { promise: isOver, resolve } = Promise.withResolvers<void>();
      live.set(project, { record, ended: isOver });
      const { id } = record.current;
      const oldest = known.keys().next();
      if (known.size >= KNOWN_PASSES_MAX && oldest.done !== true) known.delete(oldest.value);
      known.set(id, record);
      const end = (): void => {
        live.delete(project);
        resolve();
      };
      try {
        await parts.passes.save(record.current, 1);
      } catch (error) {
        end();
        throw error;
      }
      // When even the last save fails, readers see the pass as interrupted.
      void execute(project, request, record)
        .catch(() => void known.delete(id))
        .finally(end);
      return { id };
    },
    async find(project, id) {
      // Whoever waits for a pass asks again and again.
      const own = known.get(id);
      if (own?.current.project === project) return own.current;
      const stored = await parts.passes.find(project, id);
      return stored === undefined ? undefined : present(stored);
    },
    list: async (project) => (await parts.passes.list(project)).map(present),
    async last(project) {
      const [newest] = await parts.passes.list(project);
      return newest === undefined ? undefined : present(newest);
    },
    async lastEnds(project) {
      const passes = (await parts.passes.list(project)).map(present);
      return {
        success: passes.find(({ state }) => state === 'succeeded'),
        failure: passes.find(({ state }) => state === 'failed'),
      };
    },
    finished: async (project) => live.get(project)?.ended,
    counts: () => ({ running: live.size, ...ended }),
    async stop() {
      stopping.abort();
      await Promise.all([...live.values()].map((pass) => pass.ended));
    },
  };
}
