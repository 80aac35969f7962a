import type { SqlParameters } from './driver.ts';
import { RUN_CONDITIONS } from './queries.ts';
import type { RunFilter, SpanFilter } from './run-filter.ts';
import { SPAN_CONDITIONS } from './search-queries.ts';
import { fromIso } from './time-text.ts';
import { wordsIn } from './words.ts';

const NANOS_PER_MS = 1e6;

/** Conditions of a WHERE, and the values bound in them. */
export interface Conditions {
  readonly sql: readonly string[];
  readonly parameters: SqlParameters;
}

type Given = readonly [condition: string, bound: SqlParameters];

export function runConditions(filter: RunFilter): Conditions {
  const { after } = filter;
  const bound = after && { afterTime: fromIso(after.startTime), afterRun: after.runId };
  const { sql, parameters } = conditionsOf([
    given(RUN_CONDITIONS.state, 'state', filter.state),
    given(RUN_CONDITIONS.agent, 'agent', filter.agent),
    given(RUN_CONDITIONS.service, 'service', filter.service),
    given(RUN_CONDITIONS.environment, 'environment', filter.environment),
    given(RUN_CONDITIONS.name, 'name', filter.name),
    given(RUN_CONDITIONS.status, 'status', filter.status),
    given(RUN_CONDITIONS.conversationId, 'conversation', filter.conversationId),
    given(RUN_CONDITIONS.sessionId, 'session', filter.sessionId),
    given(RUN_CONDITIONS.userId, 'user', filter.userId),
    given(RUN_CONDITIONS.tag, 'tag', filter.tag),
    given(RUN_CONDITIONS.minDuration, 'minDuration', nanos(filter.minDurationMs)),
    given(RUN_CONDITIONS.maxDuration, 'maxDuration', nanos(filter.maxDurationMs)),
    given(RUN_CONDITIONS.minTokens, 'minTokens', filter.minTokens),
    given(RUN_CONDITIONS.minCost, 'minCost', filter.minCost),
    given(RUN_CONDITIONS.startedAfter, 'startedAfter', whole(filter.startedAfterMs)),
    given(RUN_CONDITIONS.startedBefore, 'startedBefore', whole(filter.startedBeforeMs)),
    filter.outcome && [RUN_CONDITIONS[filter.outcome], {}],
    filter.includeTrials === true ? undefined : [RUN_CONDITIONS.noTrials, {}],
    filter.unanalysed === true ? [RUN_CONDITIONS.unanalysed, {}] : undefined,
    bound && [RUN_CONDITIONS.afterBound, bound],
    bound && [RUN_CONDITIONS.after, bound],
  ]);
  return { sql, parameters: { project: filter.project, ...parameters } };
}

/** What a span must be, without its text: that may stand in a log record instead. */
export function spanConditions(filter: SpanFilter): Conditions {
  return conditionsOf([
    given(SPAN_CONDITIONS.name, 'spanName', filter.name),
    given(SPAN_CONDITIONS.kind, 'spanKind', filter.kind),
    given(SPAN_CONDITIONS.service, 'spanService', filter.service),
    given(SPAN_CONDITIONS.model, 'spanModel', filter.model),
    given(SPAN_CONDITIONS.tool, 'spanTool', filter.tool),
    given(SPAN_CONDITIONS.errorType, 'spanError', filter.errorType),
    given(SPAN_CONDITIONS.status, 'spanStatus', filter.status),
    given(SPAN_CONDITIONS.minDuration, 'spanMinDuration', nanos(filter.minDurationMs)),
    given(SPAN_CONDITIONS.maxDuration, 'spanMaxDuration', nanos(filter.maxDurationMs)),
    ...(filter.attributes ?? []).map(([name, value], index): Given => {
      const pair = `pair${index}`;
      return [SPAN_CONDITIONS.attribute(pair), { [pair]: `${name}=${value}` }];
    }),
  ]);
}

/** All words of a text; the same for spans and for log records. */
export function textConditions(text: string | undefined): Conditions {
  return conditionsOf(
    wordsIn(text ?? '').map((word, index): Given => {
      const name = `word${index}`;
      return [SPAN_CONDITIONS.word(name), { [name]: word }];
    }),
  );
}

function conditionsOf(all: readonly (Given | undefined)[]): Conditions {
  const set = all.filter((one) => one !== undefined);
  return {
    sql: set.map(([condition]) => condition),
    parameters: Object.assign({}, ...set.map(([, bound]) => bound)),
  };
}

function given(
  condition: string,
  name: string,
  value: string | number | bigint | undefined,
): Given | undefined {
  return value === undefined ? undefined : [condition, { [name]: value }];
}

function whole(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.trunc(value);
}

function nanos(ms: number | undefined): bigint | undefined {
  return ms === undefined ? undefined : BigInt(Math.round(ms * NANOS_PER_MS));
}
