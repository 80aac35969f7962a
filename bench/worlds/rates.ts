import { printFindings, type Finding } from './finding.ts';
import { runGates } from './gates/run-gates.ts';
import type { Section, Workshop } from './section.ts';
import { runService } from './service/run-service.ts';
import { runStreams } from './streams/run-streams.ts';

/** All-null cycles for each gate, streams for each figure of the watch, and what the service is asked. */
const CYCLES = 600;
const STREAMS = 1_000;
const SERVICE_REQUESTS = 8_000;
const SERVICE_SEEDS = 5;

export interface RatesOptions extends Workshop {
  readonly seed: string;
  /** Share of the cycles, streams and requests, in (0, 1]; targets are stated for 1. */
  readonly scale: number;
}

/** Sections whose figures are rates of one part alone: they take no worlds. */
export const RATES = {
  /** T1–T4, T6, T10, T13. */
  gates: ({ scale, ...options }: RatesOptions): Promise<readonly Finding[]> =>
    runGates({ cycles: Math.ceil(scale * CYCLES), ...options }),
  /** T7–T9. */
  streams: ({ scale, ...options }: RatesOptions): Promise<readonly Finding[]> =>
    runStreams({ streams: Math.ceil(scale * STREAMS), ...options }),
  /** The service beside the kernel. */
  service: ({ seed, say, scale }: RatesOptions): Promise<readonly Finding[]> =>
    runService({
      requests: Math.ceil(scale * SERVICE_REQUESTS),
      seeds: SERVICE_SEEDS,
      seed,
      onStep: say,
    }),
} as const;

/** Measures one of them and prints its table. */
export async function rateSection(name: keyof typeof RATES, options: RatesOptions): Promise<Section> {
  const findings = await RATES[name](options);
  console.log(`\n${name}`);
  printFindings(findings);
  return { findings };
}
