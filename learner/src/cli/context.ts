import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { z } from 'zod';
import { ApiClient } from './api-client.ts';
import { renderTable, type Column } from './table.ts';

const DEFAULT_URL = 'http://127.0.0.1:4319';

/** What every command that asks the service needs. */
export interface CliContext {
  readonly client: ApiClient;
  readonly project: string | undefined;
  readonly apiKey: string | undefined;
  /** The person's name in the log of changes. */
  readonly actor: string;
  /** Machines read the output. */
  readonly isJson: boolean;
  /** Writes to standard output. */
  print(text: string): void;
  /** Progress and remarks, on standard error. */
  note(text: string): void;
  /** The answer as it came for machines, and for people as `text` tells it. */
  show(answer: unknown, text: () => string): void;
  table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string;
}

const globalOptions = z.object({
  url: z.string().optional(),
  project: z.string().optional(),
  json: z.boolean().optional(),
});

/** Options of the whole program: they may stand before or after the command. */
export function addGlobalOptions(program: Command): Command {
  return program
    .option('--url <address>', `address of the service (TRACELORE_API_URL, default ${DEFAULT_URL})`)
    .option('--project <name>', 'project (TRACELORE_PROJECT); with an API key the key decides')
    .option('--json', 'print JSON for machines');
}

export function contextOf(command: Command, environment: NodeJS.ProcessEnv = process.env): CliContext {
  const options = globalOptions.parse(command.optsWithGlobals());
  const variable = (name: string): string | undefined => environment[name] || undefined;
  const project = options.project ?? variable('TRACELORE_PROJECT');
  const apiKey = variable('TRACELORE_API_KEY');
  const isJson = options.json === true;
  const print = (text: string): void => void process.stdout.write(`${text}\n`);
  return {
    client: new ApiClient({
      url: options.url ?? variable('TRACELORE_API_URL') ?? DEFAULT_URL,
      project,
      apiKey,
    }),
    project,
    apiKey,
    actor: variable('TRACELORE_ACTOR') ?? personName(),
    isJson,
    print,
    note: (text) => void process.stderr.write(`${text}\n`),
    show: (answer, text) => print(isJson ? JSON.stringify(answer, undefined, 2) : text()),
    table: (columns, rows) => renderTable(columns, rows, process.stdout.columns),
  };
}

function personName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers may run under a user id without a name.
    return 'cli';
  }
}
