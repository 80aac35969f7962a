import type { Refusal, Snapshot } from './knowledge-base.ts';

/** Tags cannot be mistaken for positions or times. */
const TAG = /^[A-Za-z][\w.-]{0,63}$/;
const TAG_EXPECTED = 'a letter, then up to 63 letters, digits, ".", "-" or "_"';
/** Tags that mean something else. */
const RESERVED: ReadonlySet<string> = new Set(['now']);
/** A date, or a date with a time; without a zone it is UTC, as everywhere here. */
const TIME = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Why a tag cannot be given, or `undefined`. */
export function refuseTag(tag: string, snapshots: readonly Snapshot[]): Refusal | undefined {
  if (!TAG.test(tag) || RESERVED.has(tag)) {
    return { ok: false, code: 'invalid', message: `tag: expected ${TAG_EXPECTED}, got "${tag}".` };
  }
  const taken = snapshots.find((snapshot) => snapshot.tag === tag);
  if (taken === undefined) return undefined;
  const message = `the tag "${tag}" is taken by snapshot ${taken.position}; tags are never moved.`;
  return { ok: false, code: 'duplicate', message };
}

/**
 * The position that a reference names: `now`, a tag, a number from 0 (before the first event), or a time.
 *
 * @param times epoch ms of every event, by position, from 1
 */
export function resolvePosition(
  reference: string,
  snapshots: readonly Snapshot[],
  times: readonly number[],
): { readonly ok: true; readonly position: number } | Refusal {
  if (reference === 'now') return { ok: true, position: times.length };
  const tagged = snapshots.find(({ tag }) => tag === reference);
  if (tagged !== undefined) return { ok: true, position: tagged.position };
  if (/^\d{1,15}$/.test(reference)) {
    const position = Number(reference);
    if (position <= times.length) return { ok: true, position };
    return notFound(`the log ends at position ${times.length}; there is no ${reference}.`);
  }
  if (TIME.test(reference)) {
    const atMs = Date.parse(
      /T.*[\d:.]$/.test(reference) && !/[+-]\d{2}:?\d{2}$/.test(reference) ? `${reference}Z` : reference,
    );
    if (!Number.isNaN(atMs)) return { ok: true, position: times.findLastIndex((time) => time <= atMs) + 1 };
  }
  return notFound(
    `no snapshot is called "${reference}"; expected a tag, a position of the log, a time like 2026-11-20T12:00:00Z, or now.`,
  );
}

function notFound(message: string): Refusal {
  return { ok: false, code: 'not_found', message };
}
