import type { SqlDriver } from '@tracelore/collector/store';
import type { NewId } from '../ids.ts';
import type { ProjectWatchParts } from './project-watch.ts';
import { createUnitLedger } from './unit-ledger.ts';
import { createUnitReader } from './unit-reader.ts';
import { createWatchLog } from './watch-log.ts';

/** Where the service keeps units and watches: its own database. */
export function storedUnits(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly newId: NewId;
}): Pick<ProjectWatchParts, 'ledger' | 'log' | 'reader'> {
  return {
    ledger: createUnitLedger(options),
    log: createWatchLog(options),
    reader: createUnitReader(options),
  };
}
