import { TIMES_OF_RUN } from './queries.ts';
import type { Ask } from './ask.ts';

/** When the spans of a run start, first and last, in the engine's form; and how many rows were stored of them. */
export interface RunTimes {
  readonly first: string;
  readonly last: string;
  readonly rows: number;
}

interface TimesRow {
  readonly start: string;
  readonly end: string;
  readonly spans: string;
}

/**
 * What every question about one run begins with. A run is mostly asked for in parts, its row, spans and outcomes: calls of the
 * same moment, before anything else can happen, share one look. Later ones look again, for they may know of what came since.
 */
export function runTimes(ask: Ask): (project: string, run: string) => Promise<RunTimes | undefined> {
  const asked = new Map<string, Promise<RunTimes | undefined>>();
  return async (project, run) => {
    const key = JSON.stringify([project, run]);
    const shared = asked.get(key) ?? timesOf(ask, project, run);
    if (!asked.has(key)) {
      asked.set(key, shared);
      queueMicrotask(() => asked.delete(key));
    }
    return await shared;
  };
}

async function timesOf(ask: Ask, project: string, run: string): Promise<RunTimes | undefined> {
  const rows = await ask<TimesRow>(TIMES_OF_RUN, { project, run });
  const [one] = rows;
  if (one === undefined) return undefined;
  // Texts of one length: in order of time.
  return {
    first: rows.reduce((first, { start }) => (start < first ? start : first), one.start),
    last: rows.reduce((last, { end }) => (end > last ? end : last), one.end),
    rows: rows.reduce((sum, { spans }) => sum + Number(spans), 0),
  };
}
