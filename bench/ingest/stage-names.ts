/** The way of a span through the collector; `inflate` only when it came compressed. */
export const STAGES = [
  'receive',
  'inflate',
  'decode',
  'redact',
  'normalise',
  'encode',
  'insert',
  'merge',
  'runs',
] as const;
export type Stage = (typeof STAGES)[number];
