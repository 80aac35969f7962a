/** The engine prints `2026-11-20 07:54:01.123456789` (UTC); we show ISO 8601 with all digits. */
export function toIso(text: string): string {
  return `${text.replace(' ', 'T')}Z`;
}

/** Back to the engine's form, for binding to a `DateTime64(9, 'UTC')` placeholder. */
export function fromIso(iso: string): string {
  return iso.replace('T', ' ').replace(/Z$/, '');
}

/** Unix ms in the engine's form; what is before 1970 is 1970. */
export function engineTime(ms: number): string {
  return fromIso(new Date(Math.max(0, ms)).toISOString());
}

/** Characters of the engine's form down to milliseconds. */
const MS_CHARACTERS = 23;

/** The engine's form in Unix ms, cut to whole ones. */
export function engineMs(text: string): number {
  return Date.parse(toIso(text.slice(0, MS_CHARACTERS)));
}

const NANOS_PER_MS = 1_000_000;

/** Nanoseconds as the engine prints them (a string, beyond 2^53) in milliseconds with fraction. */
export function toMs(nanos: string): number {
  return Number(nanos) / NANOS_PER_MS;
}
