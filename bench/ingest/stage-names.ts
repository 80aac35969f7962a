/**
 * The way of a span through the collector; `inflate` only when it came compressed, `readBack` for runs that another process or an
 * earlier one has spans of.
 */
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
  'readBack',
] as const;
export type Stage = (typeof STAGES)[number];
