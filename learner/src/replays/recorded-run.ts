import type { SpanView } from '@tracelore/collector/store';
import { ATTR, TRUNCATION_MARK, type RecordedCall } from '@tracelore/sdk/contract';
import { stripOwnKnowledge } from '../analyzers/own-knowledge.ts';
import { plainText } from '../analyzers/traced-run.ts';

/** Spans of a run that is replayed; a longer one is not read to its end. */
export const RECORDED_SPANS_MAX = 500;
/** Characters of arguments and results that travel to the runner with one replay. */
export const RECORDING_CHARACTERS_MAX = 1_000_000;
/** Begins what stands where something was taken out. */
const REDACTION_MARK = '[redacted';

/** A recorded run as it can be done again, or why it cannot. */
export type RecordedRun =
  | {
      readonly ok: true;
      readonly agent: string;
      readonly task: string;
      readonly calls: readonly RecordedCall[];
    }
  | { readonly ok: false; readonly reason: string };

/** Takes task and tool calls from the spans of a run, in order of start. */
export function recordedRun(spans: readonly SpanView[]): RecordedRun {
  if (spans.length === 0) return no('the run is no longer stored');
  if (spans.length >= RECORDED_SPANS_MAX) return no(`the run has ${RECORDED_SPANS_MAX} spans or more`);
  const root = spans.find(({ parentSpanId }) => parentSpanId === '') ?? spans[0];
  const task = plainText(stripOwnKnowledge(root?.input ?? '')).trim();
  if (root === undefined || task === '') return no('the run has no recorded input');
  const tools = spans.filter(({ kind }) => kind === 'tool');
  if (tools.length === 0) return no('the run called no tool that declares how it is replayed');
  const undeclared = tools.find(({ attributes }) => attributes[ATTR.toolReplayable] !== 'true');
  if (undeclared !== undefined) return no(`tool ${undeclared.tool} does not declare how it is replayed`);
  const partial = tools.find(({ input, output }) => !isWhole(input) || !isWhole(output));
  if (partial !== undefined) return no(`a call of tool ${partial.tool} was not recorded whole`);
  const calls = tools.map(callOf);
  const characters = calls.reduce((sum, call) => sum + call.arguments.length + call.result.length, 0);
  if (characters > RECORDING_CHARACTERS_MAX)
    return no(`its tool calls have ${characters} characters, more than ${RECORDING_CHARACTERS_MAX}`);
  return { ok: true, agent: root.agent, task, calls };
}

function no(reason: string): RecordedRun {
  return { ok: false, reason };
}

function isWhole(content: string): boolean {
  return !content.includes(TRUNCATION_MARK) && !content.includes(REDACTION_MARK);
}

function callOf({ tool, input, output, status, errorType, statusMessage }: SpanView): RecordedCall {
  const call = { tool, arguments: input, result: output };
  return status === 'Error' ? { ...call, error: { type: errorType, message: statusMessage } } : call;
}
