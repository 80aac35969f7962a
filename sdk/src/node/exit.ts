import { writeSync } from 'node:fs';

import { recordFault, stats } from '../diagnostics.ts';
import { FLUSH_DEADLINE_DEFAULT_MS } from '../lifecycle.ts';
import { endOpenSpans } from '../open-spans.ts';
import type { SpanDelivery } from './delivery.ts';

/** How long a signal may be held up for delivery, ms; what is left is spooled. */
const SIGNAL_DEADLINE_MS = 2_000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

const deliveries = new Set<SpanDelivery>();
let installed = false;
let reported = false;
let signalled = false;

/**
 * Sees to it that the end of the process loses nothing silently: natural end → delivered (within
 * {@link FLUSH_DEADLINE_DEFAULT_MS}) or spooled; SIGTERM and SIGINT → the same, then the signal takes its course;
 * `process.exit()` and uncaught errors → spooled. What could not even be spooled is reported on stderr.
 */
export function protectAtExit(delivery: SpanDelivery): void {
  deliveries.add(delivery);
  if (installed) return;
  installed = true;
  process.on('beforeExit', onBeforeExit);
  process.on('exit', onExit);
  // First in line: a listener of the host's that was added with once() is gone by its own turn, and must be counted before.
  for (const signal of SIGNALS) process.prependListener(signal, onSignal);
}

export function releaseAtExit(delivery: SpanDelivery): void {
  deliveries.delete(delivery);
  if (deliveries.size > 0 || !installed) return;
  installed = false;
  process.off('beforeExit', onBeforeExit);
  process.off('exit', onExit);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

/** Node emits this again once the work started here is done; then nothing is pending and the process ends. */
function onBeforeExit(): void {
  endOpenSpans();
  if (pending() > 0) deliver(FLUSH_DEADLINE_DEFAULT_MS, () => {});
}

function onExit(): void {
  endOpenSpans();
  for (const delivery of deliveries) delivery.spoolAll();
  reportLosses();
}

function onSignal(signal: NodeJS.Signals): void {
  // With a listener of the host's own it is the host that decides how the process ends, if at all.
  if (process.listenerCount(signal) > 1) {
    deliver(SIGNAL_DEADLINE_MS, () => {});
    return;
  }
  endOpenSpans();
  const raise = (): void => {
    reportLosses();
    process.off(signal, onSignal);
    process.kill(process.pid, signal);
  };
  if (signalled) {
    // Asked a second time: whoever asks does not want to wait.
    for (const delivery of deliveries) delivery.spoolAll();
    raise();
    return;
  }
  signalled = true;
  deliver(SIGNAL_DEADLINE_MS, raise);
}

function pending(): number {
  let spans = 0;
  for (const delivery of deliveries) spans += delivery.pending;
  return spans;
}

function deliver(deadlineMs: number, done: () => void): void {
  const all = [...deliveries];
  Promise.all(all.map((delivery) => delivery.flush(deadlineMs)))
    .catch((error: unknown) => recordFault('exit', 'delivery at exit failed', error))
    .finally(() => {
      for (const delivery of all) delivery.spoolAll();
      done();
    })
    .catch((error: unknown) => recordFault('exit', 'the end of the process was disturbed', error));
}

/** Once; written synchronously, since a pipe's writes are lost when the process exits. */
function reportLosses(): void {
  const lost = Object.entries(stats().dropped);
  if (reported || lost.length === 0) return;
  reported = true;
  const text = lost.map(([reason, spans]) => `${spans} ${reason}`).join(', ');
  try {
    writeSync(2, `tracelore: spans lost: ${text}\n`);
  } catch {
    // stderr is closed.
  }
}
