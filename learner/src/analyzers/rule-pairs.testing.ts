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

const FILES = ['rule-pairs.json', 'development-pairs.json'] as const;

/**
 * Hand-written pairs of rules of some thirty domains. The heuristic was built and fitted on the development part; the held-out
 * one was written with the first version of it, by the same hand, and only measured. Unrelated pairs join rules of two groups.
 */
export function rulePairs(): readonly RulePair[] {
  const read = FILES.flatMap((name) =>
    groups.parse(JSON.parse(readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8'))),
  );
  return read.flatMap(({ split, domain, rule, same, conflict, related }, index) => {
    const pair = (label: PairLabel, b: string): RulePair => ({ split, domain, label, a: rule, b });
    const part = read.filter((group) => group.split === split);
    const others = [5, 9].flatMap((step) => part[(index + step) % part.length]?.rule ?? []);
    return [
      ...same.map((b) => pair('same', b)),
      ...conflict.map((b) => pair('conflict', b)),
      ...related.map((b) => pair('related', b)),
      ...others.map((b) => pair('unrelated', b)),
    ];
  });
}
