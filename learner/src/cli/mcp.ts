import { once } from 'node:events';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { decodeKnowledgeAnswer } from '@tracelore/sdk/contract';
import type { Command } from 'commander';
import { z } from 'zod';
import { createKnowledgeServer } from '../mcp/knowledge-tools.ts';
import { CliError } from './cli-error.ts';
import { contextOf } from './context.ts';

const recalled = z.object({ text: z.string() });
const recorded = z.looseObject({ recorded: z.number() });

/** `tracelore mcp`: the tools of agents over standard input and output, answered by the running service. */
export function addMcpCommand(program: Command): void {
  program
    .command('mcp')
    .description('serve get_knowledge, recall_knowledge and record_outcome to an agent, by MCP over stdio')
    .action(async (_options: object, command: Command) => {
      const context = contextOf(command);
      const { client } = context;
      const handle = serveStdio(
        () =>
          createKnowledgeServer({
            async ask(request) {
              const decoded = decodeKnowledgeAnswer(
                await client.post('/v1/knowledge/get', request, z.unknown()),
              );
              if (decoded.ok) return decoded.value;
              throw new CliError(`not a knowledge answer: ${decoded.problems.join('; ')}`);
            },
            recall: async (request) => (await client.post('/v1/knowledge/recall', request, recalled)).text,
            record: async (outcome) => void (await client.post('/v1/outcomes', outcome, recorded)),
          }),
        { onerror: (error) => context.note(`mcp: ${error.message}`) },
      );
      // Whoever started it closes its input when it is no longer needed.
      await once(process.stdin, 'close');
      await handle.close();
    });
}
