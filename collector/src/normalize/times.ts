const NANOS_PER_MS = 1_000_000n;
/** Spans did not exist before: 2000-01-01. Anything earlier is an unset clock. */
const START_MIN = 946_684_800_000n * NANOS_PER_MS;
/** Clocks run ahead, but not by a year. Bounded, so that no wrong clock opens partitions without end. */
const AHEAD_MAX = 366n * 86_400_000n * NANOS_PER_MS;

export interface Times {
  readonly startUnixNano: bigint;
  readonly durationNano: bigint;
  readonly warnings: readonly string[];
}

/** Latest plausible time by the time of receipt, of the last request: its spans ask for the same. */
let latest = { receivedAtMs: 0, unixNano: AHEAD_MAX };

/** Whether a time can be stored as it is. */
export function isPlausible(unixNano: bigint, receivedAtMs: number): boolean {
  if (latest.receivedAtMs !== receivedAtMs)
    latest = { receivedAtMs, unixNano: BigInt(receivedAtMs) * NANOS_PER_MS + AHEAD_MAX };
  return unixNano >= START_MIN && unixNano <= latest.unixNano;
}

/**
 * Start and duration that can be stored. Impossible times are replaced by the nearest thing known and said so: a start by
 * the end or the time of receipt (`start_clamped`), an end by the start (`end_clamped`, `end_before_start`).
 */
export function spanTimes(startUnixNano: bigint, endUnixNano: bigint, receivedAtMs: number): Times {
  const warnings: string[] = [];
  const endIsPlausible = isPlausible(endUnixNano, receivedAtMs);
  let start = startUnixNano;
  if (!isPlausible(start, receivedAtMs)) {
    start = endIsPlausible ? endUnixNano : BigInt(receivedAtMs) * NANOS_PER_MS;
    warnings.push('start_clamped');
  }
  if (!endIsPlausible) {
    warnings.push(endUnixNano === 0n ? 'end_missing' : 'end_clamped');
    return { startUnixNano: start, durationNano: 0n, warnings };
  }
  if (endUnixNano < start) {
    warnings.push('end_before_start');
    return { startUnixNano: start, durationNano: 0n, warnings };
  }
  return { startUnixNano: start, durationNano: endUnixNano - start, warnings };
}

/** Time of an event or log record: its own when it can be stored, else the first plausible of the others. */
export function plausibleTime(receivedAtMs: number, ...candidates: readonly bigint[]): bigint {
  return (
    candidates.find((candidate) => isPlausible(candidate, receivedAtMs)) ??
    BigInt(receivedAtMs) * NANOS_PER_MS
  );
}
