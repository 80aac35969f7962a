import { InvalidArgumentError, type Command } from 'commander';
import { CliError } from './cli-error.ts';
import { contextOf, type CliContext } from './context.ts';
import { describeImport, describeStatus } from './store-text.ts';
import type { StoreTarget } from './store-target.ts';

/** Exit code of an import of which something was rejected. */
const EXIT_REJECTED = 2;

interface TargetOptions {
  readonly data?: string;
}

interface ExportOptions extends TargetOptions {
  readonly out?: string;
  readonly format?: string;
  readonly from?: number;
  readonly to?: number;
}

interface ImportOptions extends TargetOptions {
  readonly as?: string;
  readonly otelTable?: string;
  readonly fromUrl?: string;
  readonly from?: number;
  readonly to?: number;
}

/** `tracelore store …`: for the operator. Works on the directory or server itself, or through the service that has it open. */
export function addStoreCommands(program: Command): void {
  const store = program
    .command('store')
    .description(
      'the database: its state, backups, exports; on the directory, or through the service that runs on it',
    );
  const data = [
    '--data <directory>',
    'embedded database; TRACELORE_DATA, default ./.tracelore/data',
  ] as const;
  const from = [
    '--from <time>',
    'from this time on, such as 2026-11-20 or 2026-11-20T10:00:00Z',
    timeOf,
  ] as const;
  const to = ['--to <time>', 'before this time', timeOf] as const;

  store
    .command('status')
    .description('rows, bytes, parts and days per table, free space, schema, what to look at')
    .option(...data)
    .action(async (options: TargetOptions, command: Command) => {
      await withTarget(command, options, async (target, context) => {
        const status = await target.status();
        context.show(status, () => describeStatus(status, context));
      });
    });

  store
    .command('optimize')
    .description('merge every partition into one part: smallest on disk, and much work')
    .option(...data)
    .action(async (options: TargetOptions, command: Command) => {
      await withTarget(command, options, async (target, context) => {
        const done = await target.optimize((text) => context.note(text));
        context.show({ done }, () => done);
      });
    });

  store
    .command('backup [name]')
    .description('back up everything, also while the service runs; default name: the time')
    .option(...data)
    .action(async (name: string | undefined, options: TargetOptions, command: Command) => {
      await withTarget(command, options, async (target, context) => {
        const done = await target.backUp(name, (text) => context.note(text));
        context.show({ backup: done }, () => `Backed up to ${done}.`);
      });
    });

  store
    .command('restore <backup>')
    .description('restore a backup (its name, or its folder) into a new directory, and check it')
    .option(...data)
    .action(async (backup: string, options: TargetOptions, command: Command) => {
      const context = contextOf(command);
      const { restoreConfigured } = await import('./open-target.ts');
      const restored = await explained(() => restoreConfigured(backup, options.data));
      const rows = Object.values(restored.tables).reduce((sum, count) => sum + count, 0);
      context.show(
        restored,
        () =>
          `Restored ${rows} rows in ${Object.keys(restored.tables).length} tables into ${restored.directory}; every part is as it was backed up.`,
      );
    });

  store
    .command('export <table>')
    .description('rows of the project (spans, logs, outcomes or runs) as JSON lines or Parquet')
    .option('--out <file>', 'default: standard output')
    .option('--format <format>', 'jsonl or parquet; default: by the name of the file, else jsonl')
    .option(...from)
    .option(...to)
    .option(...data)
    .action(async (table: string, options: ExportOptions, command: Command) => {
      await withTarget(command, options, async (target, context) => {
        const { exportTo } = await import('./export-file.ts');
        const bytes = await exportTo(target, table, options);
        if (options.out !== undefined) context.note(`${bytes} bytes of ${table} in ${options.out}`);
      });
    });

  store
    .command('import [file]')
    .description('store an export, a file of OTLP requests in JSON, or a table of the ClickHouse exporter')
    .option('--as <kind>', 'what the file holds: spans, logs, outcomes, runs or otlp; default: by its name')
    .option(
      '--otel-table <table>',
      "instead of a file: a table of the OpenTelemetry Collector's ClickHouse exporter",
    )
    .option(
      '--from-url <url>',
      'ClickHouse server that has this table; default: the one of the configuration',
    )
    .option(...from)
    .option(...to)
    .option(...data)
    .action(async (file: string | undefined, options: ImportOptions, command: Command) => {
      if ((file === undefined) === (options.otelTable === undefined))
        throw new CliError('Say what to import: a file, or --otel-table.');
      await withTarget(command, options, async (target, context) => {
        const { importFrom } = await import('./import-file.ts');
        const done = await importFrom(target, { file, ...options }, (text) => context.note(text));
        if (done.rejected > 0) process.exitCode = EXIT_REJECTED;
        context.show(done, () => describeImport(done));
      });
    });
}

async function withTarget(
  command: Command,
  options: TargetOptions,
  work: (target: StoreTarget, context: CliContext) => Promise<void>,
): Promise<void> {
  const context = contextOf(command);
  // Only these commands need the engine.
  const { openTarget } = await import('./open-target.ts');
  await explained(async () => {
    const target = await openTarget(context, { data: options.data, isUrlGiven: isUrlGiven(command) });
    try {
      await work(target, context);
    } finally {
      await target.close();
    }
  });
}

function isUrlGiven(command: Command): boolean {
  const { url }: { url?: unknown } = command.optsWithGlobals();
  return url !== undefined || (process.env['TRACELORE_API_URL'] ?? '') !== '';
}

/** What the person can act on, without a stack. */
async function explained<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && (error.name === 'StoreError' || error.name === 'Refusal'))
      throw new CliError(error.message, { cause: error });
    throw error;
  }
}

/** Epoch ms. */
function timeOf(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InvalidArgumentError(`expected a time, got "${text}".`);
  return ms;
}
