import { deleteRows, dropDay } from './delete-rows.ts';
import type { SqlDriver } from './driver.ts';
import { localTable, systemTable } from './placement.ts';

/** How long traces are kept, whole days. What nothing is said about is kept for ever. */
export interface Retention {
  /** For projects that are not named. */
  readonly days?: number;
  readonly projects?: Readonly<Record<string, number>>;
}

export interface Expired {
  /** Days of tables that were dropped as a whole. */
  readonly days: number;
  /** Rows deleted one by one, because other projects keep theirs of the same day. */
  readonly rows: number;
}

const DAY_MS = 86_400_000;

/** Tables parted by day, with the column that the day comes from. */
const BY_DAY = { spans: 'start_time', logs: 'time', runs: 'start_time' } as const;

/** Small tables that are not, with the column that says how old a row is. */
const BY_ROW = {
  outcomes: 'received_at',
  analyses: 'at',
  id_times: 'end',
} as const;

/**
 * Removes what is older than its project keeps. A day that no project keeps is dropped at once; else the rows of those that
 * do not are deleted. Meant to run once a day; doing it again does nothing. Evidence quoted in knowledge stays.
 */
export async function expire(
  driver: SqlDriver,
  database: string,
  retention: Retention,
  nowMs: number,
): Promise<Expired> {
  const expired = { days: 0, rows: 0 };
  /** First day that a project keeps, as text; `''` for ever. */
  const firstDay = (project: string): string => {
    const days = retention.projects?.[project] ?? retention.days;
    return days === undefined ? '' : new Date(nowMs - days * DAY_MS).toISOString().slice(0, 10);
  };
  const shortest = Math.min(retention.days ?? Infinity, ...Object.values(retention.projects ?? {}));
  if (shortest === Infinity) return expired;
  const newest = new Date(nowMs - shortest * DAY_MS).toISOString().slice(0, 10);
  for (const [table, column] of Object.entries(BY_DAY)) {
    for (const day of await daysBefore(driver, database, table, newest)) {
      const projects = await projectsIn(driver, database, table, `toDate(${column}) = {day: Date}`, { day });
      const old = projects.filter((project) => day < firstDay(project));
      if (old.length === projects.length) {
        await dropDay(driver, database, table, day);
        expired.days += 1;
      } else if (old.length > 0)
        expired.rows += await deleteRows({
          driver,
          database,
          table,
          day,
          condition: 'project IN {projects: Array(String)}',
          parameters: { projects: old },
        });
    }
  }
  for (const [table, column] of Object.entries(BY_ROW)) {
    const projects = await projectsIn(driver, database, table, `${column} < {day: Date}`, { day: newest });
    for (const project of projects) {
      const day = firstDay(project);
      if (day !== '')
        expired.rows += await deleteRows({
          driver,
          database,
          table,
          condition: `project = {project: String} AND ${column} < {day: Date}`,
          parameters: { project, day },
        });
    }
  }
  return expired;
}

async function daysBefore(
  driver: SqlDriver,
  database: string,
  table: string,
  before: string,
): Promise<string[]> {
  const rows = await driver.query<{ partition: string }>(
    `SELECT DISTINCT partition FROM ${systemTable(driver, 'parts')} WHERE database = {database: String} AND table = {table: String} AND active AND partition < {before: String} ORDER BY partition`,
    { parameters: { database, table: localTable(driver, table), before } },
  );
  return rows.map((row) => row.partition);
}

async function projectsIn(
  driver: SqlDriver,
  database: string,
  table: string,
  condition: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string[]> {
  const rows = await driver.query<{ project: string }>(
    `SELECT DISTINCT project FROM ${database}.${table} WHERE ${condition}`,
    { parameters },
  );
  return rows.map((row) => row.project);
}
