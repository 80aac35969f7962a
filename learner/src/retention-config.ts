import type { Retention } from '@tracelore/collector/store';

export const RETENTION_EXPECTED =
  'days, for all projects (90) or per project (shop=30,*=90), from 1 to 36500';

const DAYS_MAX = 36_500;
/** Stands for the projects that are not named. */
const OTHERS = '*';

/** A number, `shop=30,*=90`, or from a file an object of the same. `undefined` when it is none of these. */
export function parseRetention(given: unknown): Retention | undefined {
  const days = daysIn(given);
  if (days !== undefined) return { days };
  const pairs: readonly (readonly unknown[])[] =
    typeof given === 'string'
      ? given.split(',').map((pair) => pair.trim().split('='))
      : typeof given === 'object' && given !== null && !Array.isArray(given)
        ? Object.entries(given)
        : [];
  const projects = new Map<string, number>();
  for (const [project, text] of pairs) {
    const kept = daysIn(text);
    if (typeof project !== 'string' || project === '' || kept === undefined) return undefined;
    projects.set(project, kept);
  }
  if (projects.size === 0) return undefined;
  const others = projects.get(OTHERS);
  projects.delete(OTHERS);
  return { projects: Object.fromEntries(projects), ...(others === undefined ? {} : { days: others }) };
}

function daysIn(given: unknown): number | undefined {
  const days = typeof given === 'string' && /^\d+$/.test(given) ? Number(given) : given;
  return typeof days === 'number' && Number.isInteger(days) && days >= 1 && days <= DAYS_MAX
    ? days
    : undefined;
}
