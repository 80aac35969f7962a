import type { SqlValue } from './driver.ts';

/** Asks the engine one question of those that read runs. */
export type Ask = <T>(
  query: string,
  parameters: Readonly<Record<string, SqlValue>>,
  options?: { readonly timeoutMs?: number; readonly bytesMax?: number },
) => Promise<T[]>;
