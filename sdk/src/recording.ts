import { canonicalArguments, type RecordedCall, type ReplayAccount } from './contract/recording.ts';

/** Divergences that are told; the first says it all. */
const DIVERGENCES_MAX = 10;
/** Characters of the arguments that a divergence quotes. */
const ARGUMENTS_SHOWN = 200;

/** Thrown into a replayed run when its recording has no answer: nothing is made up, and nothing is run instead. */
export class ReplayDivergence extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReplayDivergence';
  }
}

/** Recorded answers to one call, and how many were given. */
interface Answers {
  readonly calls: RecordedCall[];
  given: number;
}

/**
 * Tool calls of a recorded run, as answers for its replay. The n-th call with the same arguments gets the n-th answer; one
 * that always got the same answer may be asked more often.
 */
export class Recording {
  readonly #answers = new Map<string, Answers>();
  readonly #divergences: string[] = [];
  readonly #diverged = new AbortController();
  #answered = 0;

  constructor(calls: readonly RecordedCall[]) {
    for (const call of calls) {
      const key = keyOf(call.tool, call.arguments);
      const answers = this.#answers.get(key) ?? { calls: [], given: 0 };
      answers.calls.push(call);
      this.#answers.set(key, answers);
    }
  }

  /** Aborts with the first divergence: what the run does from there on tells nothing. */
  get signal(): AbortSignal {
    return this.#diverged.signal;
  }

  /**
   * What the call returned, as its span recorded it.
   * @param args as a span records them
   * @throws ReplayDivergence when this call was not recorded; else what the recorded call threw
   */
  answer(tool: string, args: string): string {
    const answers = this.#answers.get(keyOf(tool, args));
    if (answers === undefined) this.#diverge(`${tool} was not called with ${args.slice(0, ARGUMENTS_SHOWN)}`);
    const call = answers.calls[answers.given] ?? constantAnswer(answers.calls);
    if (call === undefined)
      this.#diverge(
        `${tool} was called ${answers.calls.length} times with ${args.slice(0, ARGUMENTS_SHOWN)}, not once more`,
      );
    answers.given += 1;
    this.#answered += 1;
    const { result, error } = call;
    if (error !== undefined) throw Object.assign(new Error(error.message), { name: error.type || 'Error' });
    return result;
  }

  /** @throws ReplayDivergence always: a tool without `replay` must not run in a replay */
  refuse(tool: string): never {
    this.#diverge(`${tool} cannot be replayed: it has no replay option`);
  }

  account(): ReplayAccount {
    return { answered: this.#answered, divergences: [...this.#divergences] };
  }

  #diverge(what: string): never {
    if (this.#divergences.length < DIVERGENCES_MAX) this.#divergences.push(what);
    const divergence = new ReplayDivergence(what);
    this.#diverged.abort(divergence);
    throw divergence;
  }
}

function keyOf(tool: string, args: string): string {
  return `${tool}\u0000${canonicalArguments(args)}`;
}

function constantAnswer(calls: readonly RecordedCall[]): RecordedCall | undefined {
  const [first] = calls;
  const isConstant = calls.every(
    ({ result, error }) => result === first?.result && error?.message === first.error?.message,
  );
  return isConstant ? first : undefined;
}
