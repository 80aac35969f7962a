import { readFileSync } from 'node:fs';

import type { RulePair } from '../../learner/src/analyzers/rule-pairs.testing.ts';

/**
 * 240 pairs of rules of twelve domains in `blind-pairs.json`: 80 conflict, 60 same, 60 related, 40 unrelated. Written without
 * sight of the heuristic and of the pairs it was set on, so all of them are held out: read the figures, never tune on the texts.
 */
export function blindPairs(): readonly RulePair[] {
  return JSON.parse(readFileSync(new URL('blind-pairs.json', import.meta.url), 'utf8'));
}
