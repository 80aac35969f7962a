/** Projects whose newest run is remembered; of more, the one not asked about for longest is forgotten. */
const PROJECTS_REMEMBERED_MAX = 1_000;
/** For so long, ms: what came since is read at once. */
const REMEMBERED_MS = 600_000;

/** When the newest run of each project started, as it was a moment ago: where readers begin to look. Unix ms. */
export interface NewestStarts {
  of(project: string): number | undefined;
  note(project: string, startMs: number): void;
}

export function newestStarts(): NewestStarts {
  const starts = new Map<string, { readonly startMs: number; readonly until: number }>();
  return {
    of: (project) => {
      const known = starts.get(project);
      return known === undefined || known.until < performance.now() ? undefined : known.startMs;
    },
    note: (project, startMs) => {
      starts.delete(project);
      starts.set(project, { startMs, until: performance.now() + REMEMBERED_MS });
      const [oldest] = starts.keys();
      if (starts.size > PROJECTS_REMEMBERED_MAX && oldest !== undefined) starts.delete(oldest);
    },
  };
}
