import type { ExportFormat, PortableTable, SqlDriver, StoreStatus } from '@tracelore/collector/store';

/** What became of lines that were imported. */
export interface ImportResult {
  readonly rows: number;
  readonly rejected: number;
  /** Why the first of the rejected was; '' = none was. */
  readonly problem: string;
}

export interface ExportRange {
  readonly table: PortableTable;
  readonly format: ExportFormat;
  /** Epoch ms. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

export type ImportKind = PortableTable | 'otlp';

/** The store that a command works on: the directory or server itself, or the running service that has it. */
export interface StoreTarget {
  /** How it is reached, in words. */
  readonly place: string;
  /** The store's own engine or server, when it is open here. */
  readonly driver?: SqlDriver;
  /** It is the engine of this process, of which there is one. */
  readonly isEmbedded: boolean;
  status(): Promise<StoreStatus>;
  /** Resolves with what came of it, in words. */
  optimize(tell: (progress: string) => void): Promise<string>;
  backUp(name: string | undefined, tell: (progress: string) => void): Promise<string>;
  exportRows(range: ExportRange): AsyncIterable<Uint8Array>;
  importLines(kind: ImportKind, lines: readonly string[]): Promise<ImportResult>;
  close(): Promise<void>;
}
