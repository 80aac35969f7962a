import type { Measured } from './arena/measure.ts';
import type { Finding } from './finding.ts';
import type { Pool } from './pool/pool.ts';

/** What a section prints, and what stands in the JSON. */
export interface Section {
  /** Every result, world by world; absent where there are no worlds. */
  readonly worlds?: readonly Measured[];
  readonly findings: readonly Finding[];
}

/** What every section works with. */
export interface Workshop {
  readonly pool: Pool;
  /** Progress, for people. */
  readonly say: (text: string) => void;
}
