import { JOBS, type JobName } from './jobs.ts';

/** Does jobs one by one until its parent lets go of it. */
process.on('message', (message: unknown) => {
  if (!isJob(message)) throw new Error(`pool: not a job: ${JSON.stringify(message)}`);
  const { name, input } = message;
  const job: (input: never) => unknown = JOBS[name];
  void answer(name, async () => await job(input));
});

async function answer(name: JobName, run: () => Promise<unknown>): Promise<void> {
  try {
    process.send?.({ name, output: await run() });
  } catch (error) {
    process.send?.({ name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

/** The parent is the same program: what it sends for a name fits that job. */
function isJob(message: unknown): message is { readonly name: JobName; readonly input: never } {
  return typeof message === 'object' && message !== null && 'name' in message && String(message.name) in JOBS;
}
