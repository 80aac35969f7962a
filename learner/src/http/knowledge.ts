import { INJECTION_FORMATS, itemReference, type KnowledgeRequest } from '@tracelore/sdk/contract';
import { z } from 'zod';
import type { Change, KnowledgeBase } from '../knowledge/knowledge-base.ts';
import { RULE_KINDS, RULE_STATUSES, type Rule } from '../knowledge/rule.ts';
import type { WatchView } from '../online/watch-view.ts';
import type { TimedAnswer } from '../serving/knowledge-serving.ts';
import type { CycleReport } from '../validators/validator.ts';
import { actor, changed, reason, refused, REMARKS } from './change-answer.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json } from './problem.ts';
import { TextAnswer } from './text-answer.ts';

/** Longest name of an agent, session, unit, run, trial or fingerprint, characters. */
const NAME_CHARACTERS_MAX = 1_000;

export interface KnowledgeServices {
  readonly knowledge: (project: string) => KnowledgeBase;
  /** Answers from memory; waits shortly for the vector of a new task where a model makes it. */
  readonly serve: (request: KnowledgeRequest, project: string) => Promise<TimedAnswer>;
  /** Newest verdict cycle that judged a rule. */
  readonly verdictOf: (project: string, ruleId: string) => Promise<CycleReport | undefined>;
  /** What production says about a rule, current experiments first. */
  readonly watchesOf: (project: string, rule: Rule) => readonly WatchView[];
}

const name = z.string().max(NAME_CHARACTERS_MAX).exactOptional();

const knowledgeRequest: z.ZodType<KnowledgeRequest> = z.object({
  task: z.string(),
  project: z.string().exactOptional(),
  agent: name,
  session: name,
  unit: name,
  run: name,
  trial: name,
  override: z
    .union([z.enum(['active', 'none']), z.array(z.string().max(80)).max(1_000)], {
      error: 'expected "active", "none" or a list of at most 1000 rule ids',
    })
    .exactOptional(),
  fingerprint: name,
  maxTokens: z.int().min(0).max(100_000).exactOptional(),
  format: z.enum(INJECTION_FORMATS).exactOptional(),
});

const listQuery = z.strictObject({
  status: z.enum(RULE_STATUSES).optional(),
  q: z.string().max(200).optional(),
});

const judgement = z.object({ actor, reason });
const edit = z.object({
  actor,
  reason,
  kind: z.enum(RULE_KINDS).exactOptional(),
  content: z.string().exactOptional(),
  appliesWhen: z.string().exactOptional(),
  tags: z.array(z.string()).exactOptional(),
});
const newRule = z.object({
  actor,
  kind: z.enum(RULE_KINDS).default('skill'),
  content: z.string(),
  appliesWhen: z.string(),
  tags: z.array(z.string()).default([]),
  because: z.string().max(1_000).exactOptional(),
});
type Judgement = z.infer<typeof judgement>;

/** `get_knowledge` and the rules behind it. */
export function knowledgeEndpoints(services: KnowledgeServices): Endpoint[] {
  const judge = (
    verb: string,
    summary: string,
    change: (base: KnowledgeBase, id: string, body: Judgement, key: string) => Promise<Change>,
  ): Endpoint =>
    endpoint({
      method: 'POST',
      path: `/v1/knowledge/{id}/${verb}`,
      summary,
      body: judgement,
      redacts: REMARKS,
      query: NO_QUERY,
      answer: async ({ project, parameter, body, caller }) =>
        changed(
          await change(services.knowledge(project), parameter('id'), body, caller.principal?.keyId ?? ''),
        ),
    });

  return [
    endpoint({
      method: 'POST',
      path: '/v1/knowledge/get',
      summary: 'The rules for a task, as text for a prompt; with "accept: text/plain" the text alone.',
      body: knowledgeRequest,
      query: NO_QUERY,
      answer: async ({ project, body, headers }) => answered(await services.serve(body, project), headers),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/knowledge',
      summary: 'Rules, by status and text, each with what production says about it.',
      body: NO_BODY,
      query: listQuery,
      answer: ({ project, query: { status, q } }) => {
        const base = services.knowledge(project);
        const found = base.list({
          ...(status === undefined ? {} : { status }),
          ...(q === undefined ? {} : { text: q }),
        });
        const items = found.map((rule) => ({ ...rule, watch: services.watchesOf(project, rule)[0] ?? null }));
        return json({ items, snapshot: base.snapshot() });
      },
    }),
    endpoint({
      method: 'POST',
      path: '/v1/knowledge',
      summary: 'A person writes a rule down: a candidate like any other, to be approved or proven.',
      status: 201,
      body: newRule,
      redacts: REMARKS,
      query: NO_QUERY,
      answer: async ({ project, body: { actor: by, because, ...text } }) => {
        const why = because === undefined ? {} : { because };
        const provenance = { origin: 'human', by, ...why, evidence: [] } as const;
        return changed(await services.knowledge(project).propose(text, provenance), 201);
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/knowledge/{id}',
      summary:
        'One rule with its history, its newest verdict and its effect in production, by id or unique prefix.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project, parameter }) => {
        const base = services.knowledge(project);
        const found = base.find(parameter('id'));
        if (!found.ok) return refused(found);
        const { rule } = found;
        const verdict = (await services.verdictOf(project, rule.id)) ?? null;
        return json({
          rule,
          history: base.history(rule.id),
          verdict,
          watches: services.watchesOf(project, rule),
        });
      },
    }),
    judge('approve', 'A person puts a candidate or validated rule into service.', (base, id, body) =>
      base.approve(id, body.actor, body.reason),
    ),
    judge('reject', 'Archives a rule.', (base, id, body) =>
      base.reject(id, body.actor, body.reason ?? `rejected by ${body.actor}`),
    ),
    judge('deprecate', 'Takes a rule out of service.', (base, id, body) =>
      base.deprecate(id, body.actor, body.reason ?? `deprecated by ${body.actor}`),
    ),
    judge(
      'pin',
      'Puts an active rule into every answer; where two people are needed the first one asks.',
      (base, id, body, key) => base.pin(id, body.actor, key),
    ),
    judge('quarantine', 'Holds a live rule back for a person.', (base, id, body) =>
      base.quarantine(id, body.actor, body.reason ?? `held back by ${body.actor}`),
    ),
    judge(
      'release',
      'A person lifts a quarantine: the rule goes on from where it stands.',
      (base, id, body) => base.release(id, body.actor, body.reason ?? `released by ${body.actor}`),
    ),
    judge('unpin', 'Serves a pinned rule by relevance again.', (base, id, body) =>
      base.unpin(id, body.actor),
    ),
    endpoint({
      method: 'POST',
      path: '/v1/knowledge/{id}/edit',
      summary: 'Changes the text: a new version, which is a candidate again.',
      body: edit,
      redacts: REMARKS,
      query: NO_QUERY,
      answer: async ({ project, parameter, body: { actor: by, reason: _unused, ...text } }) =>
        changed(await services.knowledge(project).edit(parameter('id'), text, by)),
    }),
  ];
}

function answered({ answer, embedMs, searchMs }: TimedAnswer, headers: Headers): TextAnswer {
  const times = {
    'server-timing': `embed;dur=${embedMs.toFixed(3)}, search;dur=${searchMs.toFixed(3)}`,
  };
  if (!/^text\/plain\b/i.test(headers.get('accept') ?? '')) {
    const type = 'application/json; charset=utf-8';
    return new TextAnswer(JSON.stringify(answer), { 'content-type': type, ...times });
  }
  return new TextAnswer(answer.text, {
    ...times,
    'content-type': 'text/plain; charset=utf-8',
    'x-tracelore-decision': answer.decision,
    'x-tracelore-snapshot': String(answer.snapshot),
    'x-tracelore-arm': answer.arm,
    'x-tracelore-items': answer.items.map(itemReference).join(','),
  });
}
