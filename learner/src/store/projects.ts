import type { Store } from '@tracelore/collector/store';

/** Most projects that are looked after in one round. */
const PROJECTS_MAX = 10_000;

/** Projects that have runs. The table is sorted by project: a few granules each. */
export async function projectsWithRuns({
  driver,
  database,
}: Pick<Store, 'driver' | 'database'>): Promise<string[]> {
  const rows = await driver.query<{ project: string }>(
    `SELECT DISTINCT project FROM ${database}.runs LIMIT ${PROJECTS_MAX}`,
  );
  return rows.map(({ project }) => project);
}
