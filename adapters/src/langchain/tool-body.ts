import { AsyncLocalStorage } from 'node:async_hooks';

import { captureText, currentScope } from '@tracelore/sdk';

import { field, textAt } from './field.ts';
import { patch, type Uninstall } from './patch.ts';
import { type RunRecord, runs } from './run-book.ts';

/** Undoes the entry of each tool that was entered. */
const entered = new WeakMap<object, Uninstall>();
/** Calls whose body ran through here: the same call can be answered from its recording. */
const reached = new WeakSet<RunRecord>();

/**
 * Makes a tool's body run in the context of its span, so that spans made inside (also after `await` and in timers) are
 * below it. LangChain tells the body its run through the run manager, the second argument of `_call`. A tool that is
 * called without being traced is left as it was found. In the replay of a recorded run the body does not run: the recording
 * answers.
 *
 * (A middleware's `wrapToolCall` would also reach the body, but LangChain treats a tool's error as fatal as soon as any
 * middleware wraps tool calls, instead of telling the model.)
 */
export function enterToolBody(tool: unknown): void {
  if (typeof tool !== 'object' || tool === null || entered.has(tool)) return;
  const leave = patch(tool, '_call', (original) => (args) => {
    const record = runs.get(textAt(args[1], 'runId'));
    const recording = (record?.span.scope ?? currentScope()).trial?.recording;
    if (record !== undefined) {
      reached.add(record);
      return record.span.run(() => (recording === undefined ? original(args) : answered(tool, record)));
    }
    if (recording !== undefined) return recording.refuse(textAt(tool, 'name') ?? '');
    leave();
    entered.delete(tool);
    return original(args);
  });
  entered.set(tool, leave);
}

/** The recorded answer in the place of a tool's body. What it throws is what the body threw. */
async function answered(tool: object, { span, toolInput }: RunRecord): Promise<unknown> {
  const result = span.scope.trial?.recording?.answer(textAt(tool, 'name') ?? '', captureText(toolInput));
  return field(tool, 'responseFormat') === 'content_and_artifact' ? [result, undefined] : result;
}

/** Whether a replay can put the recorded text in the place of this call: nothing but text came out of its body. */
export function isReplayable(record: RunRecord, output: unknown): boolean {
  const content = field(output, 'content') ?? output;
  const hasMore = field(output, 'artifact') !== undefined || field(output, 'status') === 'error';
  return reached.has(record) && typeof content === 'string' && !hasMore;
}

/** The same for a call that threw. */
export function threwInBody(record: RunRecord): boolean {
  return reached.has(record);
}

const calling = new AsyncLocalStorage<{ readonly name: string | undefined }>();

/** Runs a tool's `call`, during which {@link callingTool} knows its name: LangChain tells it only of `tool()`s. */
export function inToolCall(tool: unknown, call: () => unknown): unknown {
  return calling.run({ name: textAt(tool, 'name') }, call);
}

export function callingTool(): string | undefined {
  return calling.getStore()?.name;
}

/** Where nothing is patched a tool's body cannot be reached: in a replay it must not run at all. */
export function refuseUnreached(tool: string): void {
  if (calling.getStore() === undefined) currentScope().trial?.recording?.refuse(tool);
}
