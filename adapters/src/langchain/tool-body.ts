import { AsyncLocalStorage } from 'node:async_hooks';

import { textAt } from './field.ts';
import { patch, type Uninstall } from './patch.ts';
import { runs } from './run-book.ts';

/** Undoes the entry of each tool that was entered. */
const entered = new WeakMap<object, Uninstall>();

/**
 * Makes a tool's body run in the context of its span, so that spans made inside (also after `await` and in timers) are
 * below it. LangChain tells the body its run through the run manager, the second argument of `_call`. A tool that is
 * called without being traced is left as it was found.
 *
 * (A middleware's `wrapToolCall` would also reach the body, but LangChain treats a tool's error as fatal as soon as any
 * middleware wraps tool calls, instead of telling the model.)
 */
export function enterToolBody(tool: unknown): void {
  if (typeof tool !== 'object' || tool === null || entered.has(tool)) return;
  const leave = patch(tool, '_call', (original) => (args) => {
    const record = runs.get(textAt(args[1], 'runId'));
    if (record !== undefined) return record.span.run(() => original(args));
    leave();
    entered.delete(tool);
    return original(args);
  });
  entered.set(tool, leave);
}

const calling = new AsyncLocalStorage<string | undefined>();

/** Runs a tool's `call`, during which {@link callingTool} knows its name: LangChain tells it only of `tool()`s. */
export function inToolCall(tool: unknown, call: () => unknown): unknown {
  return calling.run(textAt(tool, 'name'), call);
}

export function callingTool(): string | undefined {
  return calling.getStore();
}
