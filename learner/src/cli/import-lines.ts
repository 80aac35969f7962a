import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { isPortableTable, openDriver, PORTABLE_TABLES, type SqlDriver } from '@tracelore/collector/store';
import { CliError } from './cli-error.ts';
import type { ImportKind } from './store-target.ts';

/** Lines that are imported together. */
const PORTION_LINES_MAX = 2_000;
/** …or this many characters of them: escaped once more they fit into a request. */
const PORTION_CHARACTERS_MAX = 4_194_304;
/** Longest read of a Parquet file, ms. */
const READ_TIMEOUT_MS = 43_200_000;

/** Lines that belong into one insert: always the same portions for the same file, so that a second import adds nothing. */
export async function* portionsOf(lines: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let portion: string[] = [];
  let characters = 0;
  for await (const line of lines) {
    if (line.trim() === '') continue;
    if (portion.length === PORTION_LINES_MAX || characters + line.length > PORTION_CHARACTERS_MAX) {
      if (portion.length > 0) yield portion;
      [portion, characters] = [[], 0];
    }
    portion.push(line);
    characters += line.length;
  }
  if (portion.length > 0) yield portion;
}

/** What a file holds: said, or told by its name (`spans.jsonl`, `runs-2026-11.parquet`, `otlp.jsonl`). */
export function kindOf(file: string, said: string | undefined): ImportKind {
  const kind = said ?? /^[a-z]+/.exec(path.basename(file))?.[0] ?? '';
  if (kind === 'otlp' || isPortableTable(kind)) return kind;
  throw new CliError(
    `${said === undefined ? `The name of ${file} does not tell what it holds` : `--as: ${JSON.stringify(said)}`}: expected ${['otlp', ...PORTABLE_TABLES].join(', ')}. Say it with --as.`,
  );
}

/** Lines of a file of JSON lines, or the rows of a Parquet file as lines. */
export function linesOf(file: string, engine: SqlDriver | undefined): AsyncIterable<string> {
  if (!existsSync(file)) throw new CliError(`There is no file ${file}.`);
  return file.endsWith('.parquet') ? parquetLines(file, engine) : textLines(file);
}

async function* textLines(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file);
  try {
    yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  } finally {
    stream.destroy();
  }
}

/** The engine reads file names as patterns. */
const PATTERN_CHARACTERS = /[*?{}]/;

/** Read by the engine of this process: the one that is open, or one for the purpose. */
async function* parquetLines(file: string, open: SqlDriver | undefined): AsyncGenerator<string> {
  const name = path.resolve(file);
  if (PATTERN_CHARACTERS.test(name))
    throw new CliError(`${name}: the path of a Parquet file must not contain * ? { or }. Rename it.`);
  const engine = open === undefined ? openScratchEngine() : { driver: open, close: async () => undefined };
  try {
    const rows = engine.driver.stream<object>('SELECT * FROM file({name: String}, Parquet)', {
      parameters: { name },
      timeoutMs: READ_TIMEOUT_MS,
      rowsMax: 0,
    });
    for await (const row of rows) yield JSON.stringify(row);
  } finally {
    await engine.close();
  }
}

function openScratchEngine(): { readonly driver: SqlDriver; close(): Promise<void> } {
  const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-read-'));
  const driver = openDriver({ kind: 'embedded', directory }, 'default');
  return {
    driver,
    close: async () => {
      await driver.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
