import { isRecord } from '../contract/decode.ts';
import { redactSecrets } from '../redact.ts';

/** Attributes on their way out. */
export type OutgoingAttributes = Readonly<Record<string, unknown>>;

/** Nested values beyond this depth are left out. */
const DEPTH_MAX = 64;
/** The protocol's integers have 64 bits. */
const INTEGER_END = 2 ** 63;
/** Attribute keys repeat in every span: so many are remembered as free of secrets. */
const KEYS_MAX = 1_000;
const cleanKeys = new Set<string>();

/**
 * Attributes as they may leave the process: with `redact` without secrets, and without numbers that the exporter's JSON
 * cannot carry (these as text). The same object when nothing is to be changed.
 */
export function outgoingAttributes(attributes: OutgoingAttributes, redact: boolean): OutgoingAttributes {
  return outgoingFields(attributes, redact, 0);
}

/** A text as it may leave the process. */
export function outgoingText(text: string, redact: boolean): string {
  return redact ? redactSecrets(text) : text;
}

function outgoingFields(fields: OutgoingAttributes, redact: boolean, depth: number): OutgoingAttributes {
  for (const key in fields) {
    const value = fields[key];
    const same = Object.is(outgoingValue(value, redact, depth), value) && outgoingKey(key, redact) === key;
    if (!same) return changedFields(fields, redact, depth);
  }
  return fields;
}

function changedFields(fields: OutgoingAttributes, redact: boolean, depth: number): OutgoingAttributes {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      outgoingKey(key, redact),
      outgoingValue(value, redact, depth),
    ]),
  );
}

function outgoingValue(value: unknown, redact: boolean, depth: number): unknown {
  if (typeof value === 'string') return outgoingText(value, redact);
  if (typeof value === 'number') return outgoingNumber(value);
  return typeof value === 'object' && value !== null ? outgoingObject(value, redact, depth + 1) : value;
}

function outgoingNumber(value: number): number | string {
  const carried = Math.abs(value) < INTEGER_END || (Number.isFinite(value) && !Number.isInteger(value));
  return carried ? value : String(value);
}

function outgoingObject(value: object, redact: boolean, depth: number): unknown {
  if (value instanceof Uint8Array) return value;
  if (depth >= DEPTH_MAX) return undefined;
  if (isRecord(value)) return outgoingFields(value, redact, depth);
  if (!Array.isArray(value)) return undefined;
  const items = value.map((item: unknown) => outgoingValue(item, redact, depth));
  return items.some((item, index) => !Object.is(item, value[index])) ? items : value;
}

function outgoingKey(key: string, redact: boolean): string {
  if (!redact || cleanKeys.has(key)) return key;
  const clean = redactSecrets(key);
  if (clean === key && cleanKeys.size < KEYS_MAX) cleanKeys.add(key);
  return clean;
}
