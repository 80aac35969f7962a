import { readFile } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import type { Command } from 'commander';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import { contextOf } from './context.ts';

const exported = z.object({ items: z.array(z.record(z.string(), z.unknown())) });
const imported = z.object({
  imported: z.array(z.string()),
  duplicates: z.number(),
  rejected: z.array(z.object({ index: z.number(), problem: z.string() })),
});

/** Items sent in one request, and refused ones that are named. */
const ITEMS_PER_REQUEST = 500;
const REJECTED_SHOWN_MAX = 10;

/** `tracelore knowledge export | import`. */
export function addKnowledgeTransferCommands(knowledge: Command): void {
  knowledge
    .command('export')
    .description('every rule as a JSON array, in the form of agentlearn’s export')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const { items } = await context.client.get('/v1/knowledge/export', exported);
      context.print(JSON.stringify(items, undefined, 2));
    });

  knowledge
    .command('import [file]')
    .description('rules of an export (agentlearn’s or ours), default standard input: candidates for a person')
    .action(async (file: string | undefined, _options: object, command: Command) => {
      const context = contextOf(command);
      const items = itemsOf(file ?? 'standard input', await read(file));
      const total = { imported: 0, duplicates: 0, rejected: [] as { index: number; problem: string }[] };
      for (let from = 0; from < items.length; from += ITEMS_PER_REQUEST) {
        const part = items.slice(from, from + ITEMS_PER_REQUEST);
        const body = { items: part, actor: context.actor };
        const answer = await context.client.post('/v1/knowledge/import', body, imported);
        total.imported += answer.imported.length;
        total.duplicates += answer.duplicates;
        total.rejected.push(...answer.rejected.map((one) => ({ ...one, index: one.index + from })));
      }
      context.show(
        total,
        () =>
          `Imported ${total.imported} candidate(s), ${total.duplicates} known already. They wait for a person: "tracelore knowledge list --status candidate", then "tracelore knowledge approve <id>".`,
      );
      if (total.rejected.length === 0) return;
      const shown = total.rejected
        .slice(0, REJECTED_SHOWN_MAX)
        .map(({ index, problem }) => `\n  - item ${index + 1}: ${problem}`);
      throw new CliError(`${total.rejected.length} item(s) were not imported:${shown.join('')}`);
    });
}

async function read(file: string | undefined): Promise<string> {
  if (file === undefined) return await readText(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}

function itemsOf(name: string, text: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CliError(`${name}: not JSON: ${error instanceof Error ? error.message : ''}.`, {
      cause: error,
    });
  }
  if (Array.isArray(value) && value.length > 0) return value;
  throw new CliError(`${name}: expected a JSON array of knowledge items, as "knowledge export" writes it.`);
}
