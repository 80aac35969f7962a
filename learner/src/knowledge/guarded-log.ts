import type { KnowledgeLog } from './knowledge-log.ts';

/** The log as one of several processes may use it: everybody reads, `demand` throws where somebody else writes. */
export function guardedLog(log: KnowledgeLog, demand: () => void): KnowledgeLog {
  return {
    read: (project, after) => log.read(project, after),
    count: (project) => log.count(project),
    counts: () => log.counts(),
    append: async (events) => {
      demand();
      await log.append(events);
    },
    eraseQuotes: async (project, sources) => {
      demand();
      await log.eraseQuotes(project, sources);
    },
  };
}
