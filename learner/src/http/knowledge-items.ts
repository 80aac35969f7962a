import { z } from 'zod';
import { importItems, IMPORTED_ITEMS_MAX } from '../knowledge/import-items.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import { LEARNER_ACTOR } from '../knowledge/lifecycle.ts';
import type { ReadItems } from '../reports/item-reader.ts';
import { exportedItem } from '../reports/knowledge-item.ts';
import type { RecallRequest } from '../serving/recall.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json } from './problem.ts';

export interface KnowledgeItemServices {
  readonly knowledge: (project: string) => KnowledgeBase;
  readonly readItems: ReadItems;
  readonly recall: (request: RecallRequest, project: string) => string;
}

const NAME_CHARACTERS_MAX = 1_000;
const name = z.string().max(NAME_CHARACTERS_MAX).exactOptional();

const recalled: z.ZodType<RecallRequest> = z.object({
  item: z.string().min(1).max(80),
  project: z.string().exactOptional(),
  agent: name,
  session: name,
  unit: name,
  run: name,
  trial: name,
  fingerprint: name,
});
const imported = z.object({
  items: z.array(z.unknown()).min(1).max(IMPORTED_ITEMS_MAX),
  actor: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .refine((given) => given !== LEARNER_ACTOR, { error: `"${LEARNER_ACTOR}" is the service's own name` })
    .default('api'),
});

/** Rules that come from elsewhere or go there, and single ones for the tool `recall_knowledge`. */
export function knowledgeItemEndpoints(services: KnowledgeItemServices): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/v1/knowledge/recall',
      summary: 'The text of one rule of an index, for the tool recall_knowledge.',
      body: recalled,
      query: NO_QUERY,
      answer: ({ project, body }) => json({ text: services.recall(body, project) }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/knowledge/import',
      summary:
        'Items of an export, of agentlearn or ours: candidates that wait for a person, whatever they say about themselves.',
      body: imported,
      query: NO_QUERY,
      answer: async ({ project, body }) =>
        json(await importItems(services.knowledge(project), body.items, body.actor)),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/knowledge/export',
      summary: 'Every rule, in the form of agentlearn’s export.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project }) => {
        const items = await services.readItems(project, services.knowledge(project).list());
        return json({ items: items.map(exportedItem) });
      },
    }),
  ];
}
