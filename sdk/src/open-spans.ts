/** A span open for longer is ended by force, ms: a promise that never settles must not hold its span for ever. */
export const SPAN_OPEN_MAX_MS = 3_600_000;
/** More open spans than this and the oldest is ended by force. */
export const OPEN_SPANS_MAX = 50_000;

export interface OpenSpan {
  readonly startedAt: number;
  end(reason: 'abandoned' | 'shutdown'): void;
}

/** In order of start, so that the first is the oldest and no timer is needed to find overdue ones. */
const open = new Set<OpenSpan>();

export function addOpenSpan(span: OpenSpan): void {
  open.add(span);
  if (open.size === 1) return;
  const [oldest] = open;
  if (oldest === undefined) return;
  if (open.size > OPEN_SPANS_MAX || span.startedAt - oldest.startedAt > SPAN_OPEN_MAX_MS) {
    oldest.end('abandoned');
    open.delete(oldest);
  }
}

export function removeOpenSpan(span: OpenSpan): void {
  open.delete(span);
}

/** Ends what is still open, children first, so that a process that stops in the middle of a run shows how far it got. */
export function endOpenSpans(): void {
  for (const span of [...open].reverse()) span.end('shutdown');
  open.clear();
}
