import { observeUnit, startWatch } from './rule-watch.ts';
import type { UnitLedger, WatchKey } from './unit-ledger.ts';
import { WATCHES_MAX, type Watched, type WatchLog } from './watch-log.ts';

/** The whole layer, measured by the global hold-out, is watched under this id. */
export const LAYER_ID = '';

/** Most of a hundred thousand rules are not watched, and all of them are looked at. */
const NONE: readonly Watched[] = [];

/** Watches of one project, in memory. */
export interface WatchBook {
  find(ruleId: string, epoch: string): Watched | undefined;
  /** Whether anything was seen under this fingerprint. */
  knows(fingerprint: string): boolean;
  /** Every epoch of a rule that is held. */
  ofRule(ruleId: string): readonly Watched[];
  all(): readonly Watched[];
  /** A later state of a watch that was opened. */
  put(watched: Watched): void;
  /** The watch of an experiment, new if need be; `undefined` = the book is full: served as in canary, not measured. */
  open(key: WatchKey, fingerprint: string): Watched | undefined;
}

export function createWatchBook(watches: Iterable<Watched> = []): WatchBook {
  const rules = new Map<string, Map<string, Watched>>();
  const fingerprints = new Set<string>();
  let size = 0;
  const find: WatchBook['find'] = (ruleId, epoch) => rules.get(ruleId)?.get(epoch);
  const put: WatchBook['put'] = (watched) => {
    const epochs = rules.get(watched.ruleId) ?? new Map<string, Watched>();
    if (!epochs.has(watched.epoch)) size += 1;
    fingerprints.add(watched.fingerprint);
    rules.set(watched.ruleId, epochs.set(watched.epoch, watched));
  };
  for (const watched of watches) put(watched);
  return {
    put,
    find,
    knows: (fingerprint) => fingerprints.has(fingerprint),
    open({ ruleId, epoch }, fingerprint) {
      const known = find(ruleId, epoch);
      if (known !== undefined || size >= WATCHES_MAX) return known;
      const opened = { ruleId, epoch, fingerprint, watch: startWatch() };
      put(opened);
      return opened;
    },
    ofRule: (ruleId) => {
      const epochs = rules.get(ruleId);
      return epochs === undefined ? NONE : [...epochs.values()];
    },
    all: () => [...rules.values()].flatMap((epochs) => [...epochs.values()]),
  };
}

/**
 * The watches of a project as the ledger says they are. A stored state that is behind, because the process ended between
 * two writes, is brought up to date from the ledger's rows: the result is exactly what it would have been.
 */
export async function loadWatchBook(project: string, log: WatchLog, ledger: UnitLedger): Promise<WatchBook> {
  const book = createWatchBook(await log.read(project));
  for (const { position, ...key } of await ledger.positions(project)) {
    let watched = book.find(key.ruleId, key.epoch);
    const from = watched?.watch.units ?? 0;
    if (from >= position) continue;
    for await (const unit of ledger.read(project, key, from)) {
      watched ??= book.open(key, unit.fingerprint);
      if (watched === undefined) break;
      watched = { ...watched, watch: observeUnit(watched.watch, unit) };
    }
    if (watched !== undefined) book.put(watched);
  }
  return book;
}
