import type { Finding } from '../finding.ts';
import type { Pool } from '../pool/pool.ts';
import { measureArithmetic } from './arithmetic.ts';
import { measureBehaviours } from './behaviours.ts';
import { pooledCycles, type Cycles } from './cycles.ts';
import { measureDiscoveries } from './discoveries.ts';
import { measureFalsePromotions } from './false-promotions.ts';
import { measurePower } from './power.ts';
import { measureSlices } from './slices.ts';

export interface GatesOptions {
  /** All-null cycles for each gate, at least 600 for the target; the other figures take half as many. */
  readonly cycles: number;
  readonly seed: string;
  readonly pool: Pool;
  /** Called with what is measured next. */
  readonly say: (what: string) => void;
}

/** Cycles of one project's life in the streams of cycles. */
const STREAM_CYCLES = 50;

/**
 * The gate as shipped beside gates of others, over simulated worlds with known effects and agents as noisy as real ones:
 * T1–T4, T6, T10, T13. Figures prove mechanism: no language is understood here.
 */
export async function runGates({ cycles, seed, pool, say }: GatesOptions): Promise<readonly Finding[]> {
  const half = Math.max(1, Math.round(cycles / 2));
  const streams = Math.max(1, Math.round(half / STREAM_CYCLES));
  const inTurn = (what: string): Cycles => pooledCycles(pool, (text) => say(`${what}, ${text}`));
  return [
    ...measureArithmetic(seed),
    ...(await measureSlices(half, seed, pool)),
    ...(await measureBehaviours(Math.ceil(half / 3), seed)),
    ...(await measurePower(half, seed, inTurn('power'))),
    ...(await measureDiscoveries(streams, seed, inTurn('discoveries'))),
    ...(await measureFalsePromotions(cycles, seed, inTurn('nothing helps'))),
  ];
}
