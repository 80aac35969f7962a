export {
  type EncodedRows,
  type QueryOptions,
  type QueryRead,
  type SqlDriver,
  type SqlParameters,
  type SqlValue,
} from './driver.ts';
export { encodeRows, encodeRowsInTurns, type Row, type Table } from './encode-rows.ts';
export { deleteRows, type Deletion } from './delete-rows.ts';
export { erase, type Erased, type ErasureSubject } from './erasure.ts';
export { loadMigrations, migrate, type Migration } from './migrations.ts';
export { openDriver } from './open-driver.ts';
export { openStore } from './open-store.ts';
export {
  type FoundRun,
  type MatchingSpan,
  type RunFilter,
  type RunSearch,
  type SearchPage,
  type SpanFilter,
} from './run-filter.ts';
export { backUp, backupNameAt, backupsFolder, type Backup } from './operations/backup.ts';
export {
  EXPORT_FORMATS,
  exportRows,
  isPortableTable,
  PORTABLE_TABLES,
  type ExportFormat,
  type PortableTable,
} from './operations/export-rows.ts';
export { optimizeStore, type OptimizeStep } from './operations/optimize.ts';
export { readOtelTable, type OtelPage } from './operations/otel-table.ts';
export { restoreBackup, type Restored } from './operations/restore.ts';
export { readStoreStatus, type StoreStatus, type TableStatus } from './operations/store-status.ts';
export { expire, type Expired, type Retention } from './retention.ts';
export { type RowValue } from './row-codec.ts';
export {
  RUN_STATES,
  type BatchWriter,
  type RunCounts,
  type RunState,
  type RunSummary,
  type RunWriter,
  type SpanContent,
  type SpanPage,
  type SpanPageRequest,
  type SpanView,
  type Store,
  type StoredOutcome,
  type StoreLocation,
  type StoreOptions,
  type TraceReader,
} from './store.ts';
export { useTextIndex } from './text-index.ts';
export { indexWords } from './word-index.ts';
export { wordsIn } from './words.ts';
export { StoreError } from './store-error.ts';
export { ANALYSES, LOGS, OUTCOMES, RUNS, SPANS } from './tables.ts';
// What the learner's own calls cost is priced like those of agents.
export { priceOf } from '../pricing/price-book.ts';
// What must not be stored is found alike wherever something is stored.
export { Redactor } from '../redact/redactor.ts';
// Tenancy stands on the store, and is told here, since whoever opens a store needs it: this is their one entry.
export {
  ALL_PROJECTS,
  allows,
  AUDIT_PAGE_MAX,
  isScope,
  KeyRefusal,
  KeyRing,
  openTenancy,
  OVERLAP_HOURS,
  SCOPES,
  SERVICE_SUBJECT,
  type ApiKey,
  type AuditEntry,
  type AuditLog,
  type AuditSubject,
  type IssuedKey,
  type KeyManager,
  type Principal,
  type Scope,
  type StoredAuditEntry,
  type StoredKey,
  type Tenancy,
} from '../tenancy/index.ts';
