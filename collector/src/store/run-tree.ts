/** What the shape of a run is computed from. */
export interface TreeSpan {
  readonly run_id: string;
  readonly trace_id: string;
  readonly span_id: string;
  /** `''` for none. */
  readonly parent_span_id: string;
  readonly kind: string;
  readonly operation: string;
  readonly scope_name: string;
  /** Unix ns as text. */
  readonly start: string;
  /** ns as text. */
  readonly duration: string;
  readonly request_model: string;
  readonly response_model: string;
  readonly response_id: string;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  /** USD. */
  readonly cost: number | null;
  readonly cost_source: string;
  readonly status: string;
  /** OTLP span flags. */
  readonly flags: number;
}

const FLAGS_REMOTE_PARENT = 0x300;
/** Levels above a span that are looked at; agents nest tens of them. */
const LEVELS_MAX = 256;

/** The spans of one run by parent. Span ids are unique within a trace. */
export class RunTree<Span extends TreeSpan> {
  readonly spans: readonly Span[];
  readonly #byId: ReadonlyMap<string, Span>;

  constructor(spans: readonly Span[]) {
    this.spans = spans;
    this.#byId = new Map(spans.map((span) => [key(span.trace_id, span.span_id), span]));
  }

  parentOf(span: Span): Span | undefined {
    const { trace_id, span_id, parent_span_id } = span;
    if (parent_span_id === '' || parent_span_id === span_id) return undefined;
    return this.#byId.get(key(trace_id, parent_span_id));
  }

  /** The span and what is above it, nearest first, at most {@link LEVELS_MAX}; a cycle of a broken sender ends. */
  upwards(span: Span): Span[] {
    const path = new Set<Span>();
    for (
      let at: Span | undefined = span;
      at !== undefined && !path.has(at) && path.size < LEVELS_MAX;
      at = this.parentOf(at)
    )
      path.add(at);
    return [...path];
  }

  /**
   * The run's root, or `undefined` while it has not ended (spans are exported when they end). A span without any parent is
   * the root. One whose parent is not in the run counts only if that parent is known to lie outside: it is marked remote, or
   * the run has an id of its own and the span is where an agent begins; otherwise its parent may still be open.
   * Outcomes recorded after a run has ended arrive as evaluator spans without a parent: never the root.
   */
  root(): Span | undefined {
    const tops = this.spans.filter((span) => this.parentOf(span) === undefined && span.kind !== 'evaluator');
    return (
      tops.find((span) => span.parent_span_id === '') ??
      tops.find((span) => (span.flags & FLAGS_REMOTE_PARENT) === FLAGS_REMOTE_PARENT) ??
      tops.find(
        (span) => span.run_id !== span.trace_id && (span.kind === 'agent' || span.kind === 'workflow'),
      )
    );
  }

  /**
   * Spans with the property that have no descendant with it; `ends` marks spans above which nothing is looked at, so that
   * what is below them does not count as part of what is above.
   */
  leaves(has: (span: Span) => boolean, ends: (span: Span) => boolean = () => false): Span[] {
    const covered = new Set<Span>();
    const having = this.spans.filter(has);
    for (const span of having) {
      // Stops at a span that is covered already: its ancestors are, too. That also ends cycles of broken senders.
      let above = this.parentOf(span);
      while (above !== undefined && !covered.has(above) && !ends(above)) {
        covered.add(above);
        above = this.parentOf(above);
      }
    }
    return having.filter((span) => !covered.has(span));
  }

  /**
   * Calls of a model or embedder that contain no other: wrappers around a call are not calls. A call inside a tool or an
   * agent is its own: some frameworks put the tools that a model asked for, and agents it handed over to, below its call.
   */
  modelCalls(has: (span: Span) => boolean = () => true): Span[] {
    return this.leaves((span) => isModelCall(span) && has(span), isOwnWork);
  }
}

function isModelCall({ kind, operation }: TreeSpan): boolean {
  // Fetching an answer that was generated before is no call.
  return (kind === 'llm' && operation !== 'fetch_response') || kind === 'embedding';
}

function isOwnWork({ kind }: TreeSpan): boolean {
  return kind === 'tool' || kind === 'agent';
}

export function hasUsage(span: TreeSpan): boolean {
  return span.input_tokens !== null || span.output_tokens !== null;
}

function key(traceId: string, spanId: string): string {
  return `${traceId}:${spanId}`;
}
