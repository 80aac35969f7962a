import { AsyncLocalStorage } from 'node:async_hooks';

import { guarded } from '@tracelore/sdk';

import { field } from './field.ts';
import { shadow } from './patch.ts';
import { runs, type RunRecord } from './run-book.ts';

/** A call of some runnable's `stream()` and the first run that started in it: the one that the stream is of. */
interface StreamCall {
  root: RunRecord | undefined;
}

const calls = new AsyncLocalStorage<StreamCall>();
/** Streams, and readers of streams inside LangGraph's, to what they are of. */
const rootOf = new WeakMap<object, RunRecord>();

/** Called for every run that starts. */
export function noteStreamRoot(record: RunRecord): void {
  const call = calls.getStore();
  if (call !== undefined) call.root ??= record;
}

/**
 * Runs `stream()` and remembers which run the stream belongs to. LangChain reports nothing when a consumer stops
 * reading, so the stream itself has to tell.
 */
export async function followStream(start: () => Promise<unknown>): Promise<unknown> {
  const call: StreamCall = { root: undefined };
  const stream = await calls.run(call, start);
  guarded('langchain_stream', undefined, () => watch(stream, call.root));
  return stream;
}

function watch(stream: unknown, root: RunRecord | undefined): void {
  if (typeof stream !== 'object' || stream === null || root === undefined || rootOf.has(stream)) return;
  rootOf.set(stream, root);
  // LangGraph puts its own stream around this one and keeps the reader as `_innerReader`.
  shadow(stream, 'getReader', (original) => (args) => {
    const reader = original(args);
    if (typeof reader === 'object' && reader !== null) rootOf.set(reader, root);
    return reader;
  });
  shadow(stream, 'cancel', (original) => (args) => {
    const cancelled = original(args);
    runs.abandon(root);
    return cancelled;
  });
}

/** The consumer called `return()` or `throw()` on a stream. A run that has ended by then stays as it is. */
export function leaveStream(stream: unknown): void {
  guarded('langchain_stream', undefined, () => {
    const reader = field(stream, '_innerReader');
    const root =
      (typeof stream === 'object' && stream !== null ? rootOf.get(stream) : undefined) ??
      (typeof reader === 'object' && reader !== null ? rootOf.get(reader) : undefined);
    if (root !== undefined) runs.abandon(root);
  });
}
