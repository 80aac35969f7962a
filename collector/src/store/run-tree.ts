/** What the shape of a run is computed from. */
export interface TreeSpan {
  readonly run_id: string;
  readonly trace_id: string;
  readonly span_id: string;
  /** `''` for none. */
  readonly parent_span_id: string;
  readonly kind: string;
  /** Unix ns as text. */
  readonly start: string;
  /** ns as text. */
  readonly duration: string;
  readonly response_id: string;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  /** OTLP span flags. */
  readonly flags: number;
}

const FLAGS_REMOTE_PARENT = 0x300;

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

  /** Spans with the property that have no descendant with it. */
  leaves(has: (span: Span) => boolean): Span[] {
    const covered = new Set<Span>();
    const having = this.spans.filter(has);
    for (const span of having) {
      // Stops at a span that is covered already: its ancestors are, too. That also ends cycles of broken senders.
      let above = this.parentOf(span);
      while (above !== undefined && !covered.has(above)) {
        covered.add(above);
        above = this.parentOf(above);
      }
    }
    return having.filter((span) => !covered.has(span));
  }

  /** Calls of a model or embedder that contain no other: wrappers around a call are not calls. Each reported once. */
  modelCalls(): Span[] {
    return onePerResponse(this.leaves((span) => span.kind === 'llm' || span.kind === 'embedding'));
  }
}

/**
 * Two instrumentations of one call report the same response id at the same time; the report with usage is kept. Calls one
 * after the other are separate calls whatever their ids: caches, proxies and test servers repeat them.
 */
export function onePerResponse<Span extends TreeSpan>(spans: readonly Span[]): Span[] {
  const kept: Span[] = [];
  const places = new Map<string, number[]>();
  for (const span of spans) {
    const known = span.response_id === '' ? undefined : places.get(span.response_id);
    const place = known?.find((index) => sameTime(kept[index], span));
    if (place !== undefined) {
      const before = kept[place];
      if (before !== undefined && !hasUsage(before) && hasUsage(span)) kept[place] = span;
      continue;
    }
    if (known !== undefined) known.push(kept.length);
    else if (span.response_id !== '') places.set(span.response_id, [kept.length]);
    kept.push(span);
  }
  return kept;
}

/**
 * Whether the spans share at least half of the shorter one. Any overlap would not do: senders that round starts down to
 * milliseconds let a call seem to begin before the one before it has ended.
 */
function sameTime(one: TreeSpan | undefined, other: TreeSpan): boolean {
  if (one === undefined) return false;
  const [start, otherStart] = [BigInt(one.start), BigInt(other.start)];
  const [length, otherLength] = [BigInt(one.duration), BigInt(other.duration)];
  const [end, otherEnd] = [start + length, otherStart + otherLength];
  const shared = (end < otherEnd ? end : otherEnd) - (start > otherStart ? start : otherStart);
  return shared >= 0n && shared * 2n >= (length < otherLength ? length : otherLength);
}

export function hasUsage(span: TreeSpan): boolean {
  return span.input_tokens !== null || span.output_tokens !== null;
}

function key(traceId: string, spanId: string): string {
  return `${traceId}:${spanId}`;
}
