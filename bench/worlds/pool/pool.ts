import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { nextMessage } from '../../child-process.ts';
import type { JobInput, JobName, JobOutput } from './jobs.ts';

/** Child processes, one per core, that jobs are spread over. Close it, or its children stay. */
export class Pool {
  readonly #children: readonly ChildProcess[];

  constructor(size: number = availableParallelism()) {
    // Structured clones: infinity and maps arrive as what they are.
    this.#children = Array.from({ length: size }, () =>
      fork(new URL('child.ts', import.meta.url), [], {
        execArgv: ['--conditions=@tracelore/source'],
        serialization: 'advanced',
      }),
    );
  }

  /**
   * Runs a job on each input, the first ones first, one at a time in each child.
   *
   * @returns results in the order of the inputs
   * @throws what a job threw, as text, or that a child ended
   */
  async all<Name extends JobName>(
    name: Name,
    inputs: readonly JobInput<Name>[],
    onDone: (output: JobOutput<Name>) => void = () => {},
  ): Promise<readonly JobOutput<Name>[]> {
    const outputs = new Map<number, JobOutput<Name>>();
    const queue = inputs.entries();
    const work = async (child: ChildProcess): Promise<void> => {
      for (const [index, input] of queue) {
        const answer = nextMessage(child, ['name', 'output', 'error']);
        child.send({ name, input });
        const message = await answer;
        if (!isAnswer(message, name)) throw new Error(`job ${name}: ${String(message.error)}`);
        outputs.set(index, message.output);
        onDone(message.output);
      }
    };
    await Promise.all(this.#children.map(work));
    return [...outputs].sort(([a], [b]) => a - b).map(([, output]) => output);
  }

  close(): void {
    for (const child of this.#children) child.disconnect();
  }
}

/** A child answers to one job at a time, with its name: the output is of that job. */
function isAnswer<Name extends JobName>(
  message: { readonly name: unknown; readonly error: unknown },
  name: Name,
): message is { readonly name: Name; readonly error: undefined; readonly output: JobOutput<Name> } {
  return message.name === name && message.error === undefined;
}

/** Cuts a list into parts of this many, the last one perhaps shorter. */
export function inParts<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}
