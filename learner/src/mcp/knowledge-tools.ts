import { McpServer, type CallToolResult } from '@modelcontextprotocol/server';
import { INJECTION_FORMATS, type KnowledgeAnswer, type KnowledgeRequest } from '@tracelore/sdk/contract';
import { z } from 'zod';
import { RECALL_TOOL } from '../injectors/agentlearn-format.ts';
import type { RecallRequest } from '../serving/recall.ts';
import { VERSION } from '../version.ts';

/** What an agent may record about a run: what its user said. Checks and people have ways of their own. */
export interface FeedbackOutcome {
  readonly run: string;
  readonly source: 'feedback';
  readonly score?: number;
  readonly passed?: boolean;
  readonly comment?: string;
}

/** The operations behind the tools; a rejection becomes an error of the tool. */
export interface KnowledgeToolServices {
  ask(request: KnowledgeRequest): Promise<KnowledgeAnswer>;
  recall(request: RecallRequest): Promise<string>;
  record(outcome: FeedbackOutcome): Promise<void>;
}

const NAME_CHARACTERS_MAX = 1_000;
const name = z.string().max(NAME_CHARACTERS_MAX).exactOptional();
const asker = {
  agent: name.describe('name of the agent'),
  session: name.describe('conversation: what is tried is the same all through it'),
  run: name.describe('id of the run, if it is traced'),
};
const asked = z.object({
  task: z.string().min(1).max(32_768).describe('what is about to be done, in the words of who wants it'),
  ...asker,
  format: z.enum(INJECTION_FORMATS).exactOptional(),
  maxTokens: z.int().min(0).max(100_000).exactOptional(),
});
const recalled = z.object({
  item_id: z.string().min(1).max(80).describe('id of the rule; its first 8 characters are enough'),
  ...asker,
});
const judged = z.object({
  run: z.string().min(1).max(NAME_CHARACTERS_MAX).describe('id of the run'),
  score: z.number().min(0).max(1).exactOptional(),
  passed: z.boolean().exactOptional(),
  comment: z.string().max(10_000).exactOptional(),
});

/** A server of the Model Context Protocol with the three tools that an agent needs. */
export function createKnowledgeServer(services: KnowledgeToolServices): McpServer {
  const server = new McpServer({ name: 'tracelore', version: VERSION }, { capabilities: { tools: {} } });
  server.registerTool(
    'get_knowledge',
    {
      title: 'Knowledge for a task',
      description:
        'Facts learned from earlier runs that help with a task, as text for the prompt. Call it once, before the work begins. Empty = nothing is known.',
      inputSchema: asked,
      annotations: { readOnlyHint: true },
    },
    async (request) => await answered(async () => (await services.ask(request)).text),
  );
  server.registerTool(
    RECALL_TOOL,
    {
      title: 'One rule in full',
      description:
        'The full text of a knowledge item by its id, for answers that list items with their ids and conditions only.',
      inputSchema: recalled,
      annotations: { readOnlyHint: true },
    },
    async ({ item_id: item, ...rest }) => await answered(() => services.recall({ item, ...rest })),
  );
  server.registerTool(
    'record_outcome',
    {
      title: 'How a run went',
      description:
        'Records what the user said about the result of a run: a score from 0 to 1, or passed, and a comment. Never your own opinion of your work.',
      inputSchema: judged,
    },
    async (outcome) =>
      await answered(async () => {
        if (outcome.score === undefined && outcome.passed === undefined)
          throw new Error('give a score from 0 to 1, or passed: true or false');
        await services.record({ ...outcome, source: 'feedback' });
        return 'recorded';
      }),
  );
  return server;
}

async function answered(work: () => Promise<string>): Promise<CallToolResult> {
  try {
    return { content: [{ type: 'text', text: await work() }] };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { content: [{ type: 'text', text }], isError: true };
  }
}
