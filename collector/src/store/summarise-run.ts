import { outcomePassed, OUTCOME_SOURCES, type OutcomeSource } from '@tracelore/sdk/contract';
import { LOG_DIALECT } from '../normalize/agent-events.ts';
import type { Row } from './encode-rows.ts';
import { RunTree, type TreeSpan } from './run-tree.ts';
import type { RunState } from './store.ts';
import { totalUsage } from './usage.ts';

/** A run without a root is given up when nothing came for this long. */
export const ABANDONED_AFTER_MS = 1_800_000;
/** Kept in the narrow table; the whole comment stands in `outcomes`. */
export const COMMENT_CHARACTERS_MAX = 500;

/** A span of a run without content, times in Unix ns as text. */
export interface SummarySpan extends TreeSpan {
  readonly run_id: string;
  readonly trial_id: string;
  readonly name: string;
  readonly dialect: string;
  readonly service: string;
  readonly environment: string;
  readonly agent: string;
  readonly error_type: string;
  readonly conversation_id: string;
  readonly session_id: string;
  readonly user_id: string;
  readonly tags: readonly string[];
  readonly fingerprint: string;
  readonly knowledge_snapshot: string | null;
  readonly knowledge_arm: string;
  readonly knowledge_items: readonly string[];
  /** Unix ms as text. */
  readonly received: string;
}

export interface SummaryOutcome {
  readonly run_id: string;
  readonly source: OutcomeSource;
  readonly score: number | null;
  readonly passed: boolean | null;
  readonly comment: string;
  /** Unix ns as text. */
  readonly time_ns: string;
  /** Unix ms as text. */
  readonly received: string;
}

/** Outcomes of one run, most trusted source first and newest first within a source: the first is the resolved one. */
export function byTrust(outcomes: readonly SummaryOutcome[]): SummaryOutcome[] {
  const rank = (outcome: SummaryOutcome): number => OUTCOME_SOURCES.indexOf(outcome.source);
  return outcomes.toSorted((a, b) => rank(a) - rank(b) || (BigInt(a.time_ns) < BigInt(b.time_ns) ? 1 : -1));
}

/** Pass or fail of a stored outcome; `null` when it says neither. */
export function passedOf(outcome: Pick<SummaryOutcome, 'score' | 'passed'>): boolean | null {
  const { score, passed } = outcome;
  if (score === null && passed === null) return null;
  return outcomePassed({ ...(score === null ? {} : { score }), ...(passed === null ? {} : { passed }) });
}

/** The row of `runs` for one run. `spans` is not empty, in order of start, one entry per span; `now` in Unix ms. */
export function summariseRun(
  project: string,
  spans: readonly [SummarySpan, ...SummarySpan[]],
  outcomes: readonly SummaryOutcome[],
  revision: bigint,
  now: number,
): Row {
  const tree = new RunTree(spans);
  const root = tree.root();
  const ordered = root === undefined ? spans : [root, ...spans];
  const firstOf = (pick: (span: SummarySpan) => string): string =>
    pick(ordered.find((span) => pick(span) !== '') ?? spans[0]);
  const usage = totalUsage(tree);
  const [outcome] = byTrust(outcomes);
  const start = BigInt(spans[0].start);
  return {
    project,
    run_id: spans[0].run_id,
    revision,
    trace_id: ordered[0]?.trace_id ?? '',
    root_span_id: root?.span_id ?? '',
    trial_id: firstOf((span) => span.trial_id),
    name: ordered[0]?.name ?? '',
    service: firstOf((span) => span.service),
    environment: firstOf((span) => span.environment),
    agent: firstOf((span) => span.agent),
    state: stateOf(root, spans, now),
    status: root?.status ?? (spans.some((span) => span.status === 'Error') ? 'Error' : 'Unset'),
    error_type: root?.error_type ?? '',
    start_time: start,
    duration_ns: root === undefined || isEvent(root) ? lastEnd(spans) - start : BigInt(root.duration),
    spans: spans.length,
    errors: spans.filter((span) => span.status === 'Error').length,
    model_calls: usage.calls,
    tool_calls: spans.filter((span) => span.kind === 'tool').length,
    models: distinct([...usage.models]),
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    model_tokens: usage.modelTokens,
    cost: usage.costNanoUsd === null ? null : BigInt(usage.costNanoUsd),
    model_costs: new Map(Array.from(usage.modelCosts, ([model, cost]) => [model, BigInt(cost)])),
    unpriced_calls: usage.unpricedCalls,
    conversation_id: firstOf((span) => span.conversation_id),
    session_id: firstOf((span) => span.session_id),
    user_id: firstOf((span) => span.user_id),
    tags: distinct(spans.flatMap((span) => span.tags)),
    fingerprint: firstOf((span) => span.fingerprint),
    knowledge_snapshot: newestSnapshot(spans),
    knowledge_arm: firstOf((span) => span.knowledge_arm),
    knowledge_items: distinct(spans.flatMap((span) => span.knowledge_items)).sort(),
    outcome_source: outcome?.source ?? '',
    outcome_score: outcome?.score ?? null,
    outcome_passed: outcome === undefined ? null : passedOf(outcome),
    outcome_comment: (outcome?.comment ?? '').slice(0, COMMENT_CHARACTERS_MAX),
    seen_at: newestReceived([...spans, ...outcomes]),
    updated_at: now,
    is_deleted: 0,
  };
}

/** By our own clock: senders' clocks may be wrong, and what they send may be old. */
function stateOf(root: SummarySpan | undefined, spans: readonly SummarySpan[], now: number): RunState {
  const isQuiet = newestReceived(spans) + ABANDONED_AFTER_MS < now;
  if (root === undefined) return isQuiet ? 'abandoned' : 'open';
  return isEvent(root) && !isQuiet ? 'open' : 'closed';
}

/** A root that a log record told of is where the run began: nothing tells its end. */
function isEvent(root: SummarySpan): boolean {
  return root.dialect === LOG_DIALECT && root.duration === '0';
}

/** Unix ms; 0 for none. Compared as text, which is what it is read as: to parse every one took longer than all the rest. */
export function newestReceived(entries: Iterable<{ readonly received: string }>): number {
  let newest = '0';
  for (const { received } of entries)
    if (received.length > newest.length || (received.length === newest.length && received > newest))
      newest = received;
  return Number(newest);
}

function lastEnd(spans: readonly SummarySpan[]): bigint {
  return spans.reduce((last, span) => {
    const end = BigInt(span.start) + BigInt(span.duration);
    return end > last ? end : last;
  }, 0n);
}

function newestSnapshot(spans: readonly SummarySpan[]): bigint | null {
  const snapshots = spans.flatMap((span) =>
    span.knowledge_snapshot === null ? [] : [BigInt(span.knowledge_snapshot)],
  );
  return snapshots.reduce<bigint | null>(
    (newest, one) => (newest === null || one > newest ? one : newest),
    null,
  );
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text) => text !== ''))];
}
