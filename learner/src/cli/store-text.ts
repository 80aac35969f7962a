import type { StoreStatus, TableStatus } from '@tracelore/collector/store';
import type { CliContext } from './context.ts';
import type { Column } from './table.ts';

const KIB = 1_024;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `1.5 GiB`. */
export function bytesText(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(KIB)), UNITS.length - 1);
  const value = bytes / KIB ** power;
  return `${power === 0 ? value.toFixed(0) : value.toFixed(1)} ${UNITS[power]}`;
}

const COLUMNS: readonly Column<TableStatus>[] = [
  { title: 'TABLE', value: ({ name }) => name },
  { title: 'ROWS', value: ({ rows }) => String(rows), right: true },
  { title: 'ON DISK', value: ({ bytesOnDisk }) => bytesText(bytesOnDisk), right: true },
  { title: 'RAW', value: ({ uncompressedBytes }) => bytesText(uncompressedBytes), right: true },
  {
    title: 'B/ROW',
    value: ({ bytesPerRow }) => (bytesPerRow === null ? '-' : bytesPerRow.toFixed(0)),
    right: true,
  },
  { title: 'PARTS', value: ({ parts }) => String(parts), right: true },
  { title: 'OLDEST', value: ({ oldestDay }) => oldestDay ?? '-' },
  { title: 'NEWEST', value: ({ newestDay }) => newestDay ?? '-' },
  { title: 'WINDOW', value: ({ deduplicationWindow }) => String(deduplicationWindow) },
];

export function describeStatus(status: StoreStatus, context: Pick<CliContext, 'table'>): string {
  const { tables, disks, schema, systemLogs, warnings } = status;
  const bytes = tables.reduce((sum, table) => sum + table.bytesOnDisk, 0);
  return [
    `Store      ${status.kind} in ${status.place}, database ${status.database}, ClickHouse ${status.engineVersion}`,
    `Schema     ${Object.entries(schema)
      .map(([name, number]) => `${name} ${number}`)
      .join(', ')}`,
    `Size       ${bytesText(bytes)}`,
    ...disks.map(
      ({ name, freeBytes, totalBytes }) =>
        `Disk       ${name}: ${bytesText(freeBytes)} of ${bytesText(totalBytes)} free`,
    ),
    ...systemLogs.map(({ name, bytesOnDisk }) => `Engine log system.${name}: ${bytesText(bytesOnDisk)}`),
    '',
    context.table(COLUMNS, tables),
    ...(warnings.length === 0 ? [] : ['', ...warnings.map((warning) => `Warning    ${warning}`)]),
  ].join('\n');
}

/** What an import did; `rows` are stored, or were already. */
export interface ImportTotal {
  readonly rows: number;
  readonly rejected: number;
  readonly problem: string;
}

export function describeImport({ rows, rejected, problem }: ImportTotal): string {
  const left = rejected === 0 ? '' : ` ${rejected} rejected, the first: ${problem}.`;
  return `Imported ${rows} rows.${left}`;
}
