import { type Attributes, ROOT_CONTEXT, type SpanContext, SpanKind, TraceFlags } from '@opentelemetry/api';

import { truncateText } from './capture.ts';
import { currentConfig } from './configure.ts';
import { ATTR, EVENT_EVALUATION } from './contract/attributes.ts';
import { decodeOutcome, type Outcome, outcomePassed, type OutcomeSource } from './contract/outcome.ts';
import { OPERATION_OF_KIND } from './contract/span-kinds.ts';
import { guarded, recordFault } from './diagnostics.ts';
import { randomHex } from './ids.ts';
import { currentScope, type Run } from './scope.ts';
import { sdkTracer } from './tracer.ts';

/** Outcome events on one root; OpenTelemetry keeps 128 events per span, later ones get a span of their own. */
const OUTCOME_EVENTS_MAX = 64;
/** Longest comment, bytes. */
const COMMENT_BYTES_MAX = 65_536;

/** A run as others may refer to it, in this process or another. */
export interface RunReference {
  /** `tracelore.run.id`. */
  readonly id: string;
  readonly traceId: string;
  /** Span id of the run's root. */
  readonly spanId: string;
}

export interface OutcomeInput {
  /** In [0, 1]; 1 is best. At least one of `score` and `passed` is needed. */
  readonly score?: number;
  readonly passed?: boolean;
  readonly comment?: string;
  /** Default `feedback`. */
  readonly source?: OutcomeSource;
  /** What was judged. Default `outcome`. */
  readonly name?: string;
  /** Idempotency key: recorded twice under one id counts once. Default: a fresh one. */
  readonly id?: string;
}

/** The run that the calling code belongs to; keep it to record an outcome later. */
export function currentRun(): RunReference | undefined {
  const root = currentScope().run?.root;
  const id = currentScope().run?.id;
  if (root === undefined || id === undefined) return undefined;
  const { traceId, spanId } = root.otel.spanContext();
  return { id, traceId, spanId };
}

/**
 * Records a judgement about a run: the current one, or `run` (its reference or id). While the run is open it is an
 * event on its root span; afterwards a zero-length evaluator span with a link to it.
 * @returns the outcome's id, or `undefined` when it could not be recorded (the reason is in `stats().faults`). Never throws.
 */
export function recordOutcome(
  outcome: OutcomeInput,
  options: { readonly run?: RunReference | string } = {},
): string | undefined {
  if (currentConfig().disabled) return undefined;
  return guarded('record_outcome', undefined, () => {
    const scope = currentScope();
    const current = options.run === undefined ? currentRun() : undefined;
    const target = options.run ?? current;
    const runId = typeof target === 'string' ? target : target?.id;
    if (runId === undefined) {
      recordFault('outcome_without_run', 'recordOutcome outside a run: call it inside one or give { run }');
      return undefined;
    }
    const decoded = decodeOutcome({ ...outcome, run: runId }, () => randomHex(16));
    if (!decoded.ok) {
      recordFault('outcome_invalid', `outcome not recorded: ${decoded.problems.join('; ')}`);
      return undefined;
    }
    const open = current !== undefined && scope.run?.open === true ? scope.run : undefined;
    const attributes = outcomeAttributes(decoded.value);
    if (open === undefined || !addToRoot(open, attributes)) {
      evaluatorSpan(
        decoded.value,
        attributes,
        typeof target === 'string' ? undefined : target,
        scope.trial?.id,
      );
    }
    return decoded.value.id;
  });
}

function outcomeAttributes(outcome: Outcome): Attributes {
  const comment = currentConfig().captureContent ? outcome.comment : undefined;
  return {
    [ATTR.outcomeId]: outcome.id,
    [ATTR.outcomeSource]: outcome.source,
    [ATTR.evaluationName]: outcome.name,
    [ATTR.evaluationLabel]: outcomePassed(outcome) ? 'pass' : 'fail',
    ...(outcome.score === undefined ? {} : { [ATTR.evaluationScore]: outcome.score }),
    ...(outcome.passed === undefined ? {} : { [ATTR.outcomePassed]: outcome.passed }),
    ...(comment === undefined
      ? {}
      : { [ATTR.evaluationExplanation]: truncateText(comment, COMMENT_BYTES_MAX) }),
  };
}

function addToRoot(run: Run, attributes: Attributes): boolean {
  if (run.root === undefined || run.outcomeEvents >= OUTCOME_EVENTS_MAX) return false;
  run.outcomeEvents += 1;
  run.root.otel.addEvent(EVENT_EVALUATION, attributes);
  return true;
}

/** A trace of its own, since the run's trace may have ended long ago; the run id says where it belongs. */
function evaluatorSpan(
  outcome: Outcome,
  attributes: Attributes,
  run: RunReference | undefined,
  trialId: string | undefined,
): void {
  const at = Date.now();
  const span = sdkTracer().startSpan(
    `evaluate ${outcome.name}`,
    {
      kind: SpanKind.INTERNAL,
      startTime: at,
      attributes: {
        [ATTR.operation]: OPERATION_OF_KIND.evaluator,
        [ATTR.runId]: outcome.run,
        ...(trialId === undefined ? {} : { [ATTR.trialId]: trialId }),
        ...attributes,
      },
      links: run === undefined ? [] : [{ context: spanContextOf(run) }],
    },
    ROOT_CONTEXT,
  );
  if (!span.isRecording()) {
    recordFault(
      'outcome_unrecorded',
      'an outcome was not recorded: no tracing provider records spans; call start()',
    );
  }
  span.end(at);
}

function spanContextOf(run: RunReference): SpanContext {
  return { traceId: run.traceId, spanId: run.spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
}
