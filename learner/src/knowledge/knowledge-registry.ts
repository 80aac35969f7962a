import { LearnerError } from '../errors.ts';
import type { KnowledgeBase } from './knowledge-base.ts';
import { LogBackedKnowledge, type LogBackedKnowledgeOptions } from './log-backed-knowledge.ts';
import { ProjectedKnowledge } from './projected-knowledge.ts';

/** Most projects one process holds. A request for one more is refused. */
export const PROJECTS_MAX = 10_000;

/** The knowledge of every project. */
export interface KnowledgeRegistry {
  /** The knowledge of a project, empty for a new one. Synchronous: everything was loaded at start. */
  of(project: string): KnowledgeBase;
  /** Projects that have ever been asked for or written to. */
  projects(): readonly string[];
  /** Takes over what another process on the same store has written since. Resolves with whether there was anything. */
  refresh(): Promise<boolean>;
}

/**
 * Loads and verifies the whole knowledge log. Throws {@link LearnerError} `knowledge_log_broken` when it does not hold
 * together: a service that cannot trust its history must not serve from it.
 */
export async function openKnowledge(
  options: Omit<LogBackedKnowledgeOptions, 'project'>,
): Promise<KnowledgeRegistry> {
  const loaded = new Map<string, ProjectedKnowledge>();
  for await (const event of options.log.read()) {
    const knowledge = loaded.get(event.project) ?? new ProjectedKnowledge();
    knowledge.apply(event);
    loaded.set(event.project, knowledge);
  }
  const bases = new Map<string, LogBackedKnowledge>();
  for (const [project, knowledge] of loaded) {
    bases.set(project, new LogBackedKnowledge({ ...options, project }, knowledge));
  }
  const registry: KnowledgeRegistry = {
    projects: () => [...bases.keys()],
    async refresh() {
      let isNew = false;
      for (const [project, events] of await options.log.counts()) {
        if (registry.of(project).snapshot() >= events) continue;
        await bases.get(project)?.catchUp();
        isNew = true;
      }
      return isNew;
    },
    of(project) {
      const known = bases.get(project);
      if (known !== undefined) return known;
      if (bases.size >= PROJECTS_MAX) {
        throw new LearnerError(
          'busy',
          `project "${project}" would be number ${PROJECTS_MAX + 1}; one process holds ${PROJECTS_MAX}.`,
        );
      }
      const base = new LogBackedKnowledge({ ...options, project });
      bases.set(project, base);
      return base;
    },
  };
  return registry;
}
