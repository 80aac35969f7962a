import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons';
import { askKnowledge, guarded, type KnowledgeOptions } from '@tracelore/sdk';

import { holds, noteInjected } from './attribution.ts';
import { lastUserText, textOf } from './messages.ts';
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

/**
 * Asks once per run of an agent and task, so that every model call of the run sees the same text and the prompt's
 * beginning does not change.
 */
export class RunKnowledge {
  readonly #options: InjectionOptions;
  readonly #answers = new WeakMap<RunRecord, { readonly task: string; readonly text: Promise<string> }>();

  constructor(options: InjectionOptions) {
    this.#options = options;
  }

  /** The text to put behind the system text of these messages. Never rejects; `''`: nothing, or it is there already. */
  async textFor(messages: readonly unknown[], run: RunRecord | undefined): Promise<string> {
    const task = guarded('task_extractor', '', () => (this.#options.task ?? lastUserText)(messages));
    if (task === '') return '';
    const text = await this.#ask(task, graphOf(run) ?? run);
    return text === '' || guarded('inject', true, () => holds(messages.map(textOf), text)) ? '' : text;
  }

  #ask(task: string, record: RunRecord | undefined): Promise<string> {
    if (record === undefined) return this.#answer(task, undefined);
    const known = this.#answers.get(record);
    if (known?.task === task) return known.text;
    // In the agent's context: the answer belongs to it, and so does the span of the question.
    const text = record.span.run(() => this.#answer(task, record));
    this.#answers.set(record, { task, text });
    return text;
  }

  async #answer(task: string, record: RunRecord | undefined): Promise<string> {
    const knowledge = await askKnowledge(task, this.#options);
    if (knowledge === undefined) return '';
    guarded('langchain_attribution', undefined, () => noteInjected(knowledge, record));
    return knowledge.text;
  }
}
