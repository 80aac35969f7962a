import type { Tenancy } from '@tracelore/collector/store';
import { modelConfigured } from './config.ts';
import { createFreshness } from './freshness.ts';
import type { Endpoint } from './http/endpoint.ts';
import { erasureEndpoints } from './http/erasures.ts';
import { promoteRuns } from './evals/promote-runs.ts';
import { evalEndpoints } from './http/evals.ts';
import { generatedCaseEndpoints } from './http/generated-cases.ts';
import { judgeEndpoints } from './http/judge.ts';
import { keyEndpoints } from './http/keys.ts';
import { knowledgeItemEndpoints } from './http/knowledge-items.ts';
import { knowledgeEndpoints } from './http/knowledge.ts';
import { learningEndpoints } from './http/learning.ts';
import { managedKnowledgeEndpoints } from './http/managed-knowledge.ts';
import { mcpEndpoint } from './http/mcp.ts';
import { outcomeEndpoints } from './http/outcomes.ts';
import { predictionEndpoints } from './http/predictions.ts';
import { recordEndpoints } from './http/records.ts';
import { reportEndpoints } from './http/reports.ts';
import { snapshotEndpoints } from './http/snapshots.ts';
import { statusEndpoints } from './http/status.ts';
import { storeEndpoints, type ImportPort } from './http/store.ts';
import { traceEndpoints } from './http/traces.ts';
import { trialEndpoints } from './http/trials.ts';
import { webhookEndpoints } from './http/webhooks.ts';
import type { KnowledgeBase } from './knowledge/knowledge-base.ts';
import { createAnalysisLog } from './learn/records/analysis-log.ts';
import type { LearnerParts, PartsOptions } from './learner-parts.ts';
import { createPredictionReader } from './reports/prediction-reader.ts';
import { reportPredictions } from './reports/prediction-report.ts';
import { createItemReader } from './reports/item-reader.ts';
import { signalNotes } from './signals/signal-report.ts';
import { createEraser } from './store/erase-subject.ts';
import type { StoreMaintenance } from './store/store-maintenance.ts';
import { VERSION } from './version.ts';

/** The whole API over the parts of one learner. `ending` answers those who wait. */
export function learnerEndpoints(
  parts: LearnerParts,
  options: PartsOptions & {
    readonly tenancy: Tenancy;
    readonly maintenance: StoreMaintenance;
    readonly importer?: ImportPort;
  },
  ending: AbortSignal,
): Endpoint[] {
  const { store, config, newId, collector, now, tenancy } = options;
  const { registry, serving, decisions, loop, online, recordOutcomes } = parts;
  const { learning, evals, cases, broker, verdicts } = loop;
  const knowledge = (project: string): KnowledgeBase => registry.of(project);
  const fresh =
    collector === undefined ? () => Promise.resolve() : createFreshness(() => collector.settleRuns());
  return [
    // Before those whose paths hold an id.
    ...knowledgeItemEndpoints({
      knowledge,
      readItems: createItemReader({ reports: parts.reports, verdicts }),
      recall: (request, project) => serving.recall(request, project),
    }),
    mcpEndpoint((project) => ({
      ask: async (request) => (await serving.answer(request, project)).answer,
      recall: async (request) => serving.recall(request, project),
      record: (outcome) => recordOutcomes(project, [{ id: newId(), name: 'user_feedback', ...outcome }]),
    })),
    ...knowledgeEndpoints({
      knowledge,
      serve: (request, project) => serving.answer(request, project),
      verdictOf: (project, ruleId) => verdicts.verdictOf(project, ruleId),
      watchesOf: (project, rule) => online.views(project, rule),
    }),
    ...managedKnowledgeEndpoints({
      knowledge,
      support: createAnalysisLog({ driver: store.driver, database: store.database, now, newId }),
      now,
    }),
    ...snapshotEndpoints(knowledge),
    ...reportEndpoints(parts.reports),
    ...predictionEndpoints(async (project) => {
      await fresh();
      return await reportPredictions({
        base: knowledge(project),
        verdictOf: (name, ruleId) => verdicts.verdictOf(name, ruleId),
        read: createPredictionReader(store),
      });
    }),
    ...webhookEndpoints(() => parts.webhooks.status()),
    ...outcomeEndpoints({ recordOutcomes, newId }),
    ...traceEndpoints(store, fresh),
    ...erasureEndpoints({
      erase: createEraser({ store, knowledge, settle: async () => await collector?.settleRuns(), now }),
    }),
    ...keyEndpoints(tenancy, now),
    ...storeEndpoints({
      store,
      maintenance: options.maintenance,
      importer: options.importer,
      settle: async () => await collector?.settleRuns(),
    }),
    ...trialEndpoints(broker, ending),
    ...learningEndpoints({
      start: async (project, request) => {
        await collector?.settleRuns();
        return await learning.start(project, request);
      },
      find: (project, id) => learning.find(project, id),
      list: (project) => learning.list(project),
    }),
    ...evalEndpoints({
      ...evals,
      addFromTrace: async (project, request) => {
        await fresh();
        return await evals.addFromTrace(project, request);
      },
    }),
    ...generatedCaseEndpoints({
      ...loop.generator,
      promote: async (project, request) => {
        await fresh();
        return await promoteRuns(store, evals, project, request);
      },
    }),
    ...judgeEndpoints((project) => parts.signals.report(project)),
    ...recordEndpoints({
      cycles: (project, ruleId) => verdicts.cycles(project, ruleId),
      cycle: async (project, id) => {
        const found = await verdicts.cycle(project, id);
        const rule = found === undefined ? knowledge(project).find(id) : undefined;
        return rule?.ok === true ? await verdicts.verdictOf(project, rule.rule.id) : found;
      },
      recompute: (project, id) => loop.recompute(project, id),
      decision: (project, id) => decisions.get(project, id),
    }),
    ...statusEndpoints({
      version: VERSION,
      knowledge,
      countRuns: async (project) => {
        await fresh();
        return await store.countRuns(project);
      },
      countCases: (project) => cases.count(project),
      countRunners: (project) => broker.runners(project).filter(({ isAlive }) => isAlive).length,
      lastPass: (project) => learning.last(project),
      lastEnds: (project) => learning.lastEnds(project),
      otherWorker: () => parts.worker.other(),
      watchOf: (project, rule) => online.views(project, rule).find(({ current }) => current),
      layer: (project) => online.layer(project),
      model: modelConfigured(config) ? config.model : '',
      signalNotes: async (project) => signalNotes(await parts.signals.report(project)),
      keyless: () => !tenancy.ring.isRequired,
    }),
  ];
}
