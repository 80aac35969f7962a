import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A TypeScript program in a process of its own; its lines of output can be waited for one by one. */
export interface ChildProgram {
  readonly process: ChildProcess;
  /** Next line of standard output; `undefined` when the program has ended. */
  line(): Promise<string | undefined>;
  /** Exit code, or the signal's name; with everything it wrote to standard error. */
  readonly ended: Promise<{ readonly exit: number | string; readonly stderr: string }>;
}

/** Runs ES module source text with this repository's packages resolvable from `base`. */
export function startProgram(source: string, base: URL, env: Record<string, string> = {}): ChildProgram {
  const child = spawn(
    process.execPath,
    ['--conditions=@tracelore/source', '--input-type=module-typescript', '--eval', source],
    {
      cwd: new URL('.', base),
      env: { ...process.env, UV_THREADPOOL_SIZE: '16', TZ: 'UTC', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    line: async () => (await lines.next()).value,
    ended: new Promise((resolve) => {
      child.once('close', (code, signal) => resolve({ exit: code ?? signal ?? '', stderr }));
    }),
  };
}
