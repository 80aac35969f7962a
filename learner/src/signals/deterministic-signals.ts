import { rootOf } from '../analyzers/traced-run.ts';
import type { Signal } from './signal.ts';

/** Longest comment that a signal writes, characters. */
const COMMENT_CHARACTERS_MAX = 500;

/** The agent threw: its root span has status Error. */
export const exceptionSignal: Signal = {
  name: 'exception',
  judge(run) {
    const root = rootOf(run);
    if (root?.status !== 'Error') return undefined;
    const what = [root.errorType, root.statusMessage].filter((part) => part !== '').join(': ');
    return failed('exception', what === '' ? 'the run ended with an error' : what);
  },
};

/** The agent answered nothing. Silent when the run has no recorded input either: then contents are not captured. */
export const emptyOutputSignal: Signal = {
  name: 'empty_output',
  judge(run) {
    const root = rootOf(run);
    if (root === undefined || root.input === '' || root.status === 'Error') return undefined;
    const isEmpty = ['', '""', 'null', '{}', '[]'].includes(root.output.trim());
    return isEmpty ? failed('check', 'the output is empty') : undefined;
  },
};

/** Attribute of the GenAI conventions by which a run or a model call promises a form of its output. */
const OUTPUT_TYPE = 'gen_ai.output.type';

/** The agent promised JSON and answered something else. */
export const invalidJsonSignal: Signal = {
  name: 'invalid_json',
  judge(run) {
    const root = rootOf(run);
    if (root === undefined || root.output === '' || root.attributes[OUTPUT_TYPE] !== 'json') return undefined;
    try {
      JSON.parse(root.output);
      return undefined;
    } catch (error) {
      return failed(
        'check',
        `the output is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  },
};

/** Some step failed. Not on by default: agents recover from failed steps. */
export const errorSpanSignal: Signal = {
  name: 'error_span',
  judge(run) {
    const span = run.spans.findLast(({ status }) => status === 'Error');
    return span === undefined
      ? undefined
      : failed('check', `step ${span.name} failed: ${span.statusMessage}`);
  },
};

/** Signals that can be named in the configuration. */
export const SIGNALS: Readonly<Record<string, Signal>> = {
  exception: exceptionSignal,
  empty_output: emptyOutputSignal,
  invalid_json: invalidJsonSignal,
  error_span: errorSpanSignal,
};

/** Signals in force when nothing else is configured, most telling first: the first that speaks decides. */
export const DEFAULT_SIGNALS: readonly Signal[] = [exceptionSignal, emptyOutputSignal, invalidJsonSignal];

function failed(source: 'check' | 'exception', comment: string): ReturnType<Signal['judge']> {
  return { source, passed: false, score: 0, comment: comment.slice(0, COMMENT_CHARACTERS_MAX) };
}
