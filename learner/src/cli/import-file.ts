import { openDriver, readOtelTable } from '@tracelore/collector/store';
import { CliError } from './cli-error.ts';
import { serverLocation } from '../store/location.ts';
import { kindOf, linesOf, portionsOf } from './import-lines.ts';
import type { StoreTarget } from './store-target.ts';
import type { ImportTotal } from './store-text.ts';

export interface ImportSettings {
  readonly file: string | undefined;
  readonly as?: string;
  readonly otelTable?: string;
  readonly fromUrl?: string;
  /** Epoch ms; for a table of the exporter's. */
  readonly from?: number;
  readonly to?: number;
}

/** Rows between two notes of progress. */
const NOTE_ROWS = 100_000;

/** Imports a file or a table, portion by portion. One that fails leaves those before it stored; doing all again repeats none. */
export async function importFrom(
  target: StoreTarget,
  settings: ImportSettings,
  note: (text: string) => void,
): Promise<ImportTotal> {
  const { file, otelTable } = settings;
  if (otelTable !== undefined) return await importTable(target, otelTable, settings, note);
  if (file === undefined) throw new CliError('Say what to import: a file, or --otel-table.');
  if (settings.from !== undefined || settings.to !== undefined)
    throw new CliError('--from and --to are for --otel-table; a file is imported whole.');
  const kind = kindOf(file, settings.as);
  const total = new Total(note);
  const engine = target.isEmbedded ? target.driver : undefined;
  let portion = 0;
  for await (const lines of portionsOf(linesOf(file, engine))) {
    portion += 1;
    try {
      total.add(await target.importLines(kind, lines));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new CliError(
        `${file}: after ${total.sum.rows} rows, in portion ${portion} (lines are counted within it): ${why}`,
        { cause: error },
      );
    }
  }
  return total.sum;
}

async function importTable(
  target: StoreTarget,
  table: string,
  { fromUrl, from, to }: ImportSettings,
  note: (text: string) => void,
): Promise<ImportTotal> {
  const server = fromUrl === undefined ? undefined : openDriver(serverLocation(urlOf(fromUrl)), 'default');
  const driver = server ?? target.driver;
  if (driver === undefined)
    throw new CliError(
      `Say with --from-url which ClickHouse server has ${table}: the store is reached through its service.`,
    );
  const total = new Total(note);
  let reached = from;
  try {
    for await (const page of readOtelTable(driver, { table, fromMs: from, toMs: to })) {
      total.add(await target.importLines('otlp', [page.line]));
      reached = page.lastTimeMs;
    }
    return total.sum;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const rest =
      total.sum.rows === 0 || reached === undefined
        ? ''
        : ` ${total.sum.rows} rows are imported; go on with --from ${new Date(reached).toISOString()}.`;
    throw new CliError(`${table}: ${why}.${rest}`, { cause: error });
  } finally {
    await server?.close();
  }
}

function urlOf(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new CliError(`--from-url: expected an address like http://127.0.0.1:8123, got "${text}".`);
}

class Total {
  readonly #note: (text: string) => void;
  #sum: ImportTotal = { rows: 0, rejected: 0, problem: '' };

  constructor(note: (text: string) => void) {
    this.#note = note;
  }

  get sum(): ImportTotal {
    return this.#sum;
  }

  add({ rows, rejected, problem }: ImportTotal): void {
    const before = Math.floor(this.#sum.rows / NOTE_ROWS);
    this.#sum = {
      rows: this.#sum.rows + rows,
      rejected: this.#sum.rejected + rejected,
      problem: this.#sum.problem || problem,
    };
    if (Math.floor(this.#sum.rows / NOTE_ROWS) > before) this.#note(`${this.#sum.rows} rows …`);
  }
}
