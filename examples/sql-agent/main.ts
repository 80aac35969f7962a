import { setTimeout as wait } from 'node:timers/promises';
import { runExperiment } from './experiment/experiment.ts';
import { readDemoOptions, type DemoOptions } from './experiment/options.ts';
import { forgetOwnSettings } from './experiment/own-settings.ts';
import { createProgress } from './experiment/progress.ts';
import { reportOf, reportText } from './experiment/report.ts';

/** With `--keep` the process waits for a signal; this only keeps it alive, ms. */
const KEEP_ALIVE_MS = 2 ** 31 - 1;

forgetOwnSettings(process.env);
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // Asked a second time: whoever asks does not want to wait.
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort();
  });
}

try {
  await demo(readDemoOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function demo(options: DemoOptions): Promise<void> {
  const startedAt = performance.now();
  const experiment = await runExperiment(
    options,
    createProgress((line) => process.stderr.write(line)),
    stopping.signal,
  );
  try {
    const report = reportOf(experiment.result, (performance.now() - startedAt) / 1000);
    process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : reportText(report));
    if (options.keep) await keepUntilStopped(experiment.service.api);
  } finally {
    await experiment.close();
  }
}

async function keepUntilStopped(api: string): Promise<void> {
  process.stderr.write(
    `The service stays up at ${api}; look around with "npx tracelore status --url ${api}". Ctrl-C ends it.\n`,
  );
  await wait(KEEP_ALIVE_MS, undefined, { signal: stopping.signal }).catch(() => {});
}
