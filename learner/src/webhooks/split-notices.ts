import { createHash } from 'node:crypto';
import type { Rule } from '../knowledge/rule.ts';
import { LEARNER_ACTOR } from '../knowledge/lifecycle.ts';
import { LAYER_ID } from '../online/watch-book.ts';
import type { WatchView } from '../online/watch-view.ts';
import type { Notice } from './notice.ts';

/** Alarms remembered, so that each is told once; at the limit the memory starts over. */
const TOLD_MAX = 10_000;

/** Tells once per experiment that its arms cannot be compared. In memory: a restart tells again, under the same id. */
export interface SplitAlarms {
  /** @param brokenIds rules with an experiment, present or past, of that kind; `LAYER_ID` = all knowledge together */
  notices(project: string, brokenIds: readonly string[], at: Date): Notice[];
}

export function createSplitAlarms(options: {
  readonly find: (project: string, ruleId: string) => Rule | undefined;
  readonly views: (project: string, rule: Rule) => readonly WatchView[];
}): SplitAlarms {
  const told = new Set<string>();

  /** Its name once, then nothing. */
  function firstTime(...name: readonly string[]): readonly string[] {
    const id = createHash('sha256').update(name.join('\n')).digest('hex').slice(0, 32);
    if (told.has(id)) return [];
    if (told.size >= TOLD_MAX) told.clear();
    told.add(id);
    return [id];
  }

  return {
    notices(project, brokenIds, at) {
      const about = { type: 'sample_ratio_alarm', project, at: at.toISOString(), position: null } as const;
      return brokenIds.flatMap((ruleId): Notice[] => {
        if (ruleId === LAYER_ID)
          return firstTime(project, 'layer').map((id) => ({
            ...about,
            id,
            ruleId: null,
            actor: LEARNER_ACTOR,
            reason:
              'What all knowledge changes cannot be told: the units that get none are not split off as the coins were, or their outcomes are lost.',
          }));
        const rule = options.find(project, ruleId);
        if (rule === undefined) return [];
        return options.views(project, rule).flatMap(({ current, broken, epoch, next }): Notice[] =>
          current && broken !== null
            ? firstTime(project, ruleId, epoch, broken).map((id) => ({
                ...about,
                id,
                ruleId,
                actor: LEARNER_ACTOR,
                reason: next,
              }))
            : [],
        );
      });
    },
  };
}
