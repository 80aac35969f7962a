/** Told which rule replaced something. */
export type Found = (rule: string) => void;

/** What stands where a secret was. */
export function markOf(rule: string): string {
  return `[redacted:${rule}]`;
}

/** How every mark begins, those of senders that redact themselves (`[redacted]`) included: a mark is never redacted again. */
export const MARK_BEGINNING = '[redacted';
