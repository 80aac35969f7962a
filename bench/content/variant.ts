import type { ConversationSpan } from './conversation.ts';
import type { Place } from './spans-table.ts';

export interface RunKey {
  readonly traceId: string;
  /** Start of its first span, epoch ms. */
  readonly atMs: number;
}

/** One way to store the content of spans. */
export interface Variant {
  readonly name: string;
  /** Tables it fills, without their database; dropped between measurements. */
  readonly tables: readonly string[];
  create(): Promise<void>;
  insert(spans: readonly ConversationSpan[], token: string): Promise<void>;
  /** Reads all content of one run's spans. Returns its characters, which must be the same in every variant. */
  read(place: Place, run: RunKey): Promise<number>;
}
