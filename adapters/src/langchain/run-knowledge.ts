import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons';
import { getKnowledge, guarded, type KnowledgeOptions } from '@tracelore/sdk';

import { lastUserText } from './messages.ts';
import { graphOf, runs, type RunRecord } from './run-book.ts';
import { runOf } from './run-config.ts';

export interface InjectionOptions extends KnowledgeOptions {
  /** What knowledge is asked for. Default: the text of the last user message. `''`: do not ask. */
  readonly task?: (messages: readonly unknown[]) => string;
}

/** The LangChain run that the running code is in, if it is traced. */
export function enclosingRun(config?: unknown): RunRecord | undefined {
  return guarded(
    'langchain_enclosing',
    undefined,
    () => runs.get(runOf(config)) ?? runs.get(runOf(AsyncLocalStorageProviderSingleton.getRunnableConfig())),
  );
}

/** The task of a prompt; `''` if there is none. */
export function taskOf(messages: readonly unknown[], options: InjectionOptions): string {
  return guarded('task_extractor', '', () => (options.task ?? lastUserText)(messages));
}

/**
 * Asks once per run of an agent and task, so that every model call of the run sees the same text and the prompt's
 * beginning does not change. The answer belongs to the agent's span: model calls below it are attributed to it.
 */
export class RunKnowledge {
  readonly #options: InjectionOptions;
  readonly #answers = new WeakMap<RunRecord, { readonly task: string; readonly text: Promise<string> }>();

  constructor(options: InjectionOptions) {
    this.#options = options;
  }

  /** Never rejects; `''`: nothing to inject. */
  async textFor(messages: readonly unknown[], run: RunRecord | undefined): Promise<string> {
    const task = taskOf(messages, this.#options);
    if (task === '') return '';
    const record = graphOf(run) ?? run;
    if (record === undefined) return getKnowledge(task, this.#options);
    const known = this.#answers.get(record);
    if (known?.task === task) return known.text;
    const text = record.span.run(() => getKnowledge(task, this.#options));
    this.#answers.set(record, { task, text });
    return text;
  }
}
