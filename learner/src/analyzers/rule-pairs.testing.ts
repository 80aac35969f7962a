import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const groups = z.array(
  z.object({
    split: z.enum(['development', 'held-out']),
    domain: z.string(),
    rule: z.string(),
    same: z.array(z.string()),
    conflict: z.array(z.string()),
    related: z.array(z.string()),
  }),
);

/** How two rules stand to each other: what a person who wrote both meant. */
export const PAIR_LABELS = ['same', 'conflict', 'related', 'unrelated'] as const;
export type PairLabel = (typeof PAIR_LABELS)[number];

export interface RulePair {
  readonly split: 'development' | 'held-out';
  readonly domain: string;
  readonly label: PairLabel;
  readonly a: string;
  readonly b: string;
}

/**
 * Hand-written pairs of rules of six domains. The heuristic was set on the development half; the held-out half was written
 * with it, by the same hand, and only measured. Unrelated pairs join rules of two groups.
 */
export function rulePairs(): readonly RulePair[] {
  const file = path.join(import.meta.dirname, 'fixtures', 'rule-pairs.json');
  const read = groups.parse(JSON.parse(readFileSync(file, 'utf8')));
  return read.flatMap(({ split, domain, rule, same, conflict, related }, index) => {
    const pair = (label: PairLabel, b: string): RulePair => ({ split, domain, label, a: rule, b });
    const half = read.filter((group) => group.split === split);
    const others = [5, 9].flatMap((step) => half[(index + step) % half.length]?.rule ?? []);
    return [
      ...same.map((b) => pair('same', b)),
      ...conflict.map((b) => pair('conflict', b)),
      ...related.map((b) => pair('related', b)),
      ...others.map((b) => pair('unrelated', b)),
    ];
  });
}
