import { createHash } from 'node:crypto';
import type { Rule } from '../knowledge/rule.ts';
import { LEARNER_ACTOR } from '../knowledge/lifecycle.ts';
import type { WatchView } from '../online/watch-view.ts';
import type { Notice } from './notice.ts';

/** Alarms remembered, so that each is told once; at the limit the memory starts over. */
const TOLD_MAX = 10_000;

/** Tells once per experiment that its arms cannot be compared. In memory: a restart tells again, under the same id. */
export interface SplitAlarms {
  notices(project: string, rules: readonly Rule[], at: Date): Notice[];
}

export function createSplitAlarms(views: (project: string, rule: Rule) => readonly WatchView[]): SplitAlarms {
  const told = new Set<string>();
  return {
    notices: (project, rules, at) =>
      rules.flatMap((rule) =>
        views(project, rule).flatMap(({ current, broken, epoch, next }): Notice[] => {
          if (!current || broken === null) return [];
          const id = createHash('sha256').update(`${project}\n${rule.id}\n${epoch}\n${broken}`).digest('hex');
          if (told.has(id)) return [];
          if (told.size >= TOLD_MAX) told.clear();
          told.add(id);
          const about = {
            project,
            at: at.toISOString(),
            ruleId: rule.id,
            position: null,
            actor: LEARNER_ACTOR,
          };
          return [{ id: id.slice(0, 32), type: 'sample_ratio_alarm', ...about, reason: next }];
        }),
      ),
  };
}
