/** The engine prints `2026-11-20 07:54:01.123456789` (UTC); we show ISO 8601 with all digits. */
export function toIso(engineTime: string): string {
  return `${engineTime.replace(' ', 'T')}Z`;
}

/** Back to the engine's form, for binding to a `DateTime64(9, 'UTC')` placeholder. */
export function fromIso(iso: string): string {
  return iso.replace('T', ' ').replace(/Z$/, '');
}

const NANOS_PER_MS = 1_000_000;

/** Nanoseconds as the engine prints them (a string, beyond 2^53) in milliseconds with fraction. */
export function toMs(nanos: string): number {
  return Number(nanos) / NANOS_PER_MS;
}
