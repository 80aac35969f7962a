import { ANALYSES, OUTCOMES, RUNS, SPANS } from '@tracelore/collector/store';
import { INJECTION_FORMATS } from '@tracelore/sdk/contract';
import { Command } from 'commander';
import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { BATCH_RUNS_MAX, BATCH_RUNS_MIN } from '../analyzers/batch-analyzer.ts';
import { SPANS_PER_RUN_HEAD, SPANS_PER_RUN_TAIL } from '../analyzers/analysis-prompt.ts';
import { ANSWERED_LESSON } from '../analyzers/lesson-schema.ts';
import { RUNS_DEFAULT } from '../learn/run-pass.ts';
import { KNOWN_PATTERNS } from '../analyzers/known-patterns.ts';
import { addEvalCommands } from '../cli/eval.ts';
import { addKnowledgeCommands } from '../cli/knowledge.ts';
import { addAbReport } from '../cli/knowledge-reports.ts';
import { addLearnCommand } from '../cli/learn.ts';
import { addSnapshotCommands } from '../cli/snapshots.ts';
import { addStatusCommand } from '../cli/status.ts';
import { addTraceCommands } from '../cli/traces.ts';
import { EVAL_SOURCES, type EvalCase } from '../evals/eval-case.ts';
import { readEvalFile } from '../evals/eval-file.ts';
import type { EvalRun } from '../evals/eval-run.ts';
import { CONFIDENCE_MIN, PROMOTED_MAX } from '../evals/promote-runs.ts';
import { createScorer } from '../evals/scorer.ts';
import { recalledText } from '../injectors/agentlearn-format.ts';
import { exampleRule } from '../injectors/example-rule.testing.ts';
import {
  canaryInjector,
  embeddingInjector,
  hybridInjector,
  simpleInjector,
  smartInjector,
} from '../injectors/injector.ts';
import { createRenderer } from '../injectors/renderer.ts';
import { WATCH } from '../online/rule-watch.ts';
import { refuseTransition } from '../knowledge/lifecycle.ts';
import { RULE_KINDS, RULE_PRIORITIES, RULE_STATUSES, type RuleStatus } from '../knowledge/rule.ts';
import { blame } from '../reports/blame.ts';
import { auditKnowledge, INJECTIONS_MIN, LOW_RATE } from '../reports/knowledge-audit.ts';
import { exportedItem, knowledgeItem } from '../reports/knowledge-item.ts';
import { reportLift } from '../reports/lift-report.ts';
import { FUSION_K_AGENTLEARN } from '../search/fuse.ts';
import { CALIBRATION_INTERVAL, COMPOSITE_DISAGREEMENT, SURE_SCORE_MIN } from '../signals/composite-judge.ts';
import { DEFAULT_CHECKS, DETERMINISTIC } from '../signals/deterministic-checks.ts';
import { resolveRace } from '../validators/race-options.ts';
import { candidateFix } from './candidate-fix.ts';
import type { Engine } from './engine.ts';
import type { EngineOptions } from './engine-options.ts';
import {
  engineStatus,
  OUTCOME_STATUSES,
  outcomeStatus,
  PARTIAL_MIN,
  SUCCESS_MIN,
  TREND_RUNS_MAX,
} from './engine-status.ts';
import type { EvalCaseItem } from './eval-manager.ts';
import { evalComparison, evalRunReport, PASS_THRESHOLD } from './eval-report.ts';
import { MAX_FIXES } from './learn.ts';
import type { LearningReport } from './learning-report.ts';
import { auditReport, blameReport, liftLines, liftReport } from './reports.ts';

/** `snake_case` as TypeScript writes it. */
const camel = (name: string): string =>
  name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());
const words = (text: string): string[] => text.trim().split(/\s+/);

const RULE = exampleRule("position column is TEXT — use '1' not 1", {
  id: '8a9f4e2b0b1c2d3e4f5061728394a5b6',
  appliesWhen: 'a query reads the position',
  priority: 'pinned',
});
const CHECKLIST = exampleRule('Before date queries, use TO_DATE', {
  id: '3c1d6f8a0b1c2d3e4f5061728394a5b6',
  kind: 'checklist',
  appliesWhen: 'a query compares dates',
});

describe('names and enums', () => {
  it.each([
    ['OutcomeStatus', words('success failure partial'), OUTCOME_STATUSES],
    ['FixType', words('skill checklist routing_rule anti_pattern code_template'), RULE_KINDS],
    ['KnowledgeStatus', words('candidate validated active deprecated archived'), RULE_STATUSES],
    ['priority', words('normal pinned'), RULE_PRIORITIES],
  ])('%s has the same values', (_name, theirs, ours) => {
    expect([...ours]).toEqual(theirs);
  });

  // Steps are spans: a kind, a status or the root of the run says what they are.
  it.each([
    ['llm_call', 'kind'],
    ['tool_use', 'kind'],
    ['routing', 'kind'],
    ['output', 'output'],
    ['error', 'status'],
  ])('StepType %s stands in the column %s of a span', (_type, column) => {
    expect(Object.keys(SPANS.columns)).toContain(column);
  });

  it.each([
    ['trace_id', RUNS, 'run_id'],
    ['agent_id', RUNS, 'agent'],
    ['parent_trace_id', SPANS, 'parent_span_id'],
    ['task_input', SPANS, 'input'],
    ['final_output', SPANS, 'output'],
    ['outcome.status', RUNS, 'outcome_passed'],
    ['outcome.score', RUNS, 'outcome_score'],
    ['outcome.signal_source', OUTCOMES, 'name'],
    ['outcome.reasoning', RUNS, 'outcome_comment'],
    ['steps.step_id', SPANS, 'span_id'],
    ['steps.step_type', SPANS, 'kind'],
    ['steps.input_context', SPANS, 'input'],
    ['steps.result', SPANS, 'output'],
    ['steps.timestamp', SPANS, 'start_time'],
    ['steps.metadata', SPANS, 'attribute_values'],
    ['injected_knowledge', RUNS, 'knowledge_items'],
    ['environment', RUNS, 'environment'],
    ['created_at', RUNS, 'start_time'],
    ['cost_usd', RUNS, 'cost'],
    ['analyzed', ANALYSES, 'run_id'],
  ])('Trace.%s is kept', (_field, table, column) => {
    expect(Object.keys(table.columns)).toContain(column);
  });

  it('CandidateFix has its fields', () => {
    const theirs = words(
      'fix_id fix_type content applies_when source_trace_ids confidence reasoning created_at',
    );
    expect(Object.keys(candidateFix(RULE, undefined))).toEqual(expect.arrayContaining(theirs.map(camel)));
  });

  it('KnowledgeItem has its fields, here and in an export', () => {
    const theirs =
      words(`item_id fix_type content applies_when tags priority source_trace_ids analyzer_id created_at
      validation_improvement validation_regressions status times_injected times_helped effectiveness_rate
      last_injected_at last_validated_at`);
    const item = knowledgeItem(RULE);
    expect(Object.keys(exportedItem(item)).sort()).toEqual(theirs.sort());
    expect(Object.keys(item)).toEqual(expect.arrayContaining(theirs.map(camel)));
  });

  it('EvalCase has its fields and sources', () => {
    const fields: Record<string, keyof EvalCaseItem | 'scorer'> = {
      eval_id: 'evalId',
      task_input: 'taskInput',
      expected_output: 'expectedOutput',
      judge_prompt: 'judgePrompt',
      tags: 'tags',
      source: 'source',
      scorer: 'scorer',
      created_at: 'createdAt',
    };
    for (const [theirs, ours] of Object.entries(fields)) expect(camel(theirs)).toBe(ours);
    // `auto` is what comes in without saying from where: `api` here.
    const sources = words('manual csv_import dict_import auto_promoted synthetic failure_targeted');
    expect(EVAL_SOURCES).toEqual(expect.arrayContaining([...sources, 'api']));
  });

  it.each([
    ['approved', ['candidate', 'validated']],
    ['rejected', ['candidate', 'validated', 'active', 'deprecated']],
    // Differs: what is archived is archived; there a second reject changes nothing either.
    ['pinned', ['active']],
    // Differs: only a rule that is in force can always apply.
  ] as const)('%s is possible from %j only', (event, from) => {
    const allowed = RULE_STATUSES.filter(
      (status: RuleStatus) =>
        refuseTransition({ ...RULE, priority: 'normal', status }, event, 'ann') === undefined,
    );
    expect(allowed).toEqual(from);
  });
});

const RUN: EvalRun & { results: [] } = {
  project: 'p',
  id: 'r1',
  name: 'n',
  tags: [],
  ruleSet: 'active',
  rules: [],
  state: 'succeeded',
  error: '',
  cases: 0,
  passed: 0,
  failed: 0,
  void: 0,
  score: null,
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: '2026-01-01T00:00:02.000Z',
  results: [],
};
const CASE: EvalCase = {
  project: 'p',
  id: 'c1',
  task: 't',
  expected: 'x',
  scorer: 'graded',
  tags: ['a'],
  source: 'manual',
  sourceRunId: '',
  createdAt: '',
};
const evaluated = (id: string, score: number | null, error: string = ''): ReturnType<typeof evalRunReport> =>
  evalRunReport(
    {
      ...RUN,
      id,
      results: [{ caseId: 'c1', trialId: 't', score, output: 'x', error, reason: 'void', durationMs: 500 }],
    },
    [CASE],
  );
const audit = auditKnowledge({
  rules: [RULE],
  watchOf: () => undefined,
  injections: new Map(),
  outcomes: new Map(),
});
const blameOf = (failed: number): ReturnType<typeof blame> =>
  blame({
    runId: 'r',
    outcome: null,
    decisions: [
      {
        id: 'd',
        project: 'p',
        unit: 'u',
        agent: '',
        runId: 'r',
        trialId: '',
        at: '',
        snapshot: 1,
        fingerprint: '',
        taskHash: '',
        arm: 'served',
        items: [{ rule: `${RULE.id}@1`, rank: 1, propensity: 1, coin: 0, injected: true, epoch: '' }],
        bestCosine: null,
      },
    ],
    findVersion: () => RULE,
    watchOf: () => undefined,
    injections: new Map([[RULE.id, { answers: failed === 0 ? 3 : 50, lastAt: '' }]]),
    recent: new Map([[RULE.id, { runs: 8, failed }]]),
    replays: null,
  });

describe('report fields', () => {
  it('LearningReport', () => {
    const fields: readonly (keyof LearningReport)[] = [
      'tracesAnalyzed',
      'candidatesGenerated',
      'candidatesValidated',
      'candidatesPromoted',
      'candidatesRejected',
      'knowledgeDeprecated',
      'totalCostUsd',
      'durationSeconds',
      'details',
    ];
    expect(fields).toEqual(
      words(`traces_analyzed candidates_generated candidates_validated candidates_promoted candidates_rejected
        knowledge_deprecated total_cost_usd duration_seconds details`).map(camel),
    );
  });

  it.each([
    [
      'EngineStatus',
      `knowledge_active knowledge_candidate knowledge_deprecated knowledge_total traces_total traces_success
       traces_failure traces_partial traces_unanalyzed eval_cases avg_effectiveness baseline_accuracy
       current_accuracy improvement next_milestones`,
      engineStatus({
        knowledge: { knowledgeActive: 0, knowledgeCandidate: 0, knowledgeDeprecated: 0, knowledgeTotal: 0 },
        traces: { tracesTotal: 0, tracesSuccess: 0, tracesFailure: 0, tracesPartial: 0, tracesUnanalyzed: 0 },
        evalCases: 0,
        avgEffectiveness: 0,
        runs: [],
      }),
    ],
    [
      'AuditReport',
      'declining_effectiveness never_injected insufficient_data total_active avg_effectiveness',
      auditReport(audit),
    ],
    [
      'LiftReport',
      'treatment_avg control_avg lift significant treatment_count control_count recommendation',
      liftReport(reportLift(null)),
    ],
    ['BlameReport', 'trace_id candidates recommendation', blameReport(blameOf(0))],
    [
      'BlameReport.candidates',
      // Differs: no `effectiveness_rate`, which is confounded; `effect` is what the hold-out says.
      'item_id is_new recent_failure_rate content_preview effect',
      blameReport(blameOf(0)).candidates[0] ?? {},
    ],
    [
      'EvalResult',
      'eval_id task_input expected_output agent_output score passed tags duration_seconds error',
      evaluated('r1', 1).results[0] ?? {},
    ],
    [
      'EvalRunReport',
      `run_id name created_at total_cases passed failed errored accuracy avg_score min_score max_score
       duration_seconds tag_stats results pass_threshold signal_source`,
      evaluated('r1', 1),
    ],
    ['tag_stats', 'total passed accuracy avg_score', evaluated('r1', 1).tagStats['a'] ?? {}],
    [
      'EvalComparison',
      `baseline_run_id treatment_run_id baseline_accuracy treatment_accuracy baseline_avg_score
       treatment_avg_score accuracy_delta score_delta regressions improvements`,
      evalComparison(evaluated('r1', 1), evaluated('r2', 0), { interval: null }),
    ],
  ])('%s', (_name, theirs, ours) => {
    expect(Object.keys(ours)).toEqual(expect.arrayContaining(words(theirs).map(camel)));
  });

  it('an evaluation counts what passed, failed, threw and could not be judged', () => {
    expect(evaluated('r', 0.7)).toMatchObject({ passed: 1, failed: 0, errored: 0, unjudged: 0, accuracy: 1 });
    expect(evaluated('r', 0.69)).toMatchObject({ passed: 0, failed: 1, durationSeconds: 2 });
    expect(evaluated('r', 0, 'Error: x')).toMatchObject({ errored: 1, failed: 0, avgScore: 0 });
    // Differs: there a case that nobody can judge scores 0.5.
    expect(evaluated('r', null)).toMatchObject({
      unjudged: 1,
      totalCases: 1,
      accuracy: 0,
      results: [{ score: null }],
    });
  });

  it('a comparison names regressions and improvements case by case', () => {
    expect(evalComparison(evaluated('a', 1), evaluated('b', 0.2), { interval: null })).toMatchObject({
      accuracyDelta: -1,
      scoreDelta: -0.8,
      regressions: [{ taskInput: 't', baselineScore: 1, treatmentScore: 0.2, delta: -0.8 }],
      improvements: [],
    });
  });
});

describe('the engine', () => {
  it('takes what the constructor takes', () => {
    const options: Record<string, keyof EngineOptions> = {
      model: 'model',
      store: 'store',
      require_human_approval: 'requireHumanApproval',
      injection_enabled: 'injectionEnabled',
      control_percentage: 'controlPercentage',
      learning_budget_per_day: 'learningBudgetPerDay',
      approval_callback: 'approvalCallback',
      agent_runner: 'agentRunner',
      default_input_extractor: 'defaultInputExtractor',
      default_output_extractor: 'defaultOutputExtractor',
      tracer: 'tracer',
      analyzer: 'analyzer',
      validator: 'validator',
      signal: 'signal',
      injector: 'injector',
    };
    // `knowledge_store` is the store: knowledge is part of it, so that history and traces belong together.
    for (const [theirs, ours] of Object.entries(options)) expect(camel(theirs)).toBe(ours);
  });

  it('has its methods', () => {
    // One method where they have two: `getKnowledge` and `run` and `evaluate` are asynchronous.
    const methods: Record<string, keyof Engine> = {
      trace: 'trace',
      get_knowledge: 'getKnowledge',
      get_knowledge_async: 'getKnowledge',
      last_knowledge: 'lastKnowledge',
      set_agent_runner: 'setAgentRunner',
      learn: 'learn',
      run: 'run',
      run_async: 'run',
      evaluate: 'evaluate',
      evaluate_async: 'evaluate',
      compare_eval_runs: 'compareEvalRuns',
      status: 'status',
      injection_lift: 'injectionLift',
      blame_analysis: 'blameAnalysis',
      knowledge: 'knowledge',
      eval: 'eval',
    };
    for (const [theirs, ours] of Object.entries(methods))
      expect(camel(theirs).replace(/Async$/, '')).toBe(ours);
    const knowledge: readonly (keyof Engine['knowledge'])[] = [
      'list',
      'show',
      'approve',
      'reject',
      'deprecate',
      'pin',
      'unpin',
      'export',
      'import',
      'audit',
    ];
    const evals: readonly (keyof Engine['eval'])[] = [
      'add',
      'list',
      'count',
      'importCsv',
      'importRecords',
      'promoteFromTraces',
      'generateSynthetic',
      'generateFromFailures',
    ];
    expect([knowledge.length, evals.length]).toEqual([10, 8]);
  });
});

describe('thresholds', () => {
  it.each([
    ['judge: success from', SUCCESS_MIN, 0.8],
    ['judge: partial from', PARTIAL_MIN, 0.4],
    ['composite: a sure judge is above', SURE_SCORE_MIN, 0.8],
    ['composite: every so many runs are flagged', CALIBRATION_INTERVAL, 50],
    ['items of the smart injector', smartInjector().itemsMax, 10],
    ['items of the simple injector', simpleInjector().itemsMax, 50],
    ['items of the embedding injector', embeddingInjector().itemsMax, 5],
    ['items of the hybrid injector', hybridInjector().itemsMax, 10],
    ['items of the canary injector', canaryInjector().itemsMax, 5],
    ['canary: withheld from', canaryInjector().canaryShare, 0.9],
    ['rank constant of the fusion, in their formats', FUSION_K_AGENTLEARN, 60],
    ['batch: runs of a pattern, least', BATCH_RUNS_MIN, 3],
    ['batch: runs of a pattern, most', BATCH_RUNS_MAX, 20],
    ['fixes of one pass', MAX_FIXES, 10],
    ['evaluation: passes from', PASS_THRESHOLD, 0.7],
    ['promote from traces: confidence', CONFIDENCE_MIN, 0.85],
    ['promote from traces: cases', PROMOTED_MAX, 20],
    ['audit: injections that say something', INJECTIONS_MIN, 10],
    ['audit: a low rate is below', LOW_RATE, 0.3],
    ['status: runs of the trend', TREND_RUNS_MAX, 200],
  ])('%s %d', (_what, ours, theirs) => {
    expect(ours).toBeCloseTo(theirs ?? Number.NaN, 12);
  });

  it('the names of outcomes of the composite, and its checks', () => {
    expect([DETERMINISTIC, COMPOSITE_DISAGREEMENT]).toEqual(['deterministic', 'composite_disagreement']);
    expect(DEFAULT_CHECKS.map(({ name }) => name)).toEqual(['empty_output', 'json_validation', 'error_step']);
  });

  it('the known patterns of the tiered analyzer', () => {
    expect(KNOWN_PATTERNS.map(({ name }) => name).sort()).toEqual(
      words('auth_failure json_parsing network_error null_handling rate_limit timeout'),
    );
  });

  it('an answer scores 1 when equal, 0.8 when it contains what was expected, else 0', async () => {
    const score = async (output: string): Promise<unknown> => await createScorer().score(CASE, output);
    expect(await score('x')).toMatchObject({ score: 1 });
    expect(await score('An X.')).toMatchObject({ score: 0.8 });
    expect(await score('y')).toMatchObject({ score: 0 });
  });

  it.each([
    [null, true, 'success'],
    [null, false, 'failure'],
    [0.8, null, 'success'],
    [0.79, true, 'partial'],
    [0.4, null, 'partial'],
    [0.39, null, 'failure'],
  ] as const)('score %s and passed %s is a %s', (score, passed, status) => {
    expect(outcomeStatus({ score, passed })).toBe(status);
  });

  it('accuracy needs ten runs and compares the oldest with the newest ten; milestones at 20 and 50 runs, 5 cases', () => {
    const facts = (runs: number, good: number, evalCases: number): ReturnType<typeof engineStatus> =>
      engineStatus({
        knowledge: { knowledgeActive: 0, knowledgeCandidate: 0, knowledgeDeprecated: 0, knowledgeTotal: 0 },
        traces: {
          tracesTotal: runs,
          tracesSuccess: 0,
          tracesFailure: 0,
          tracesPartial: 0,
          tracesUnanalyzed: 0,
        },
        evalCases,
        avgEffectiveness: 0,
        runs: Array.from({ length: runs }, (_, at) => ({
          outcome: { source: 'check', score: null, passed: at < good, comment: '' },
        })),
      });
    expect(facts(9, 9, 0)).toMatchObject({
      baselineAccuracy: null,
      currentAccuracy: null,
      improvement: null,
    });
    expect(facts(20, 10, 0)).toMatchObject({ baselineAccuracy: 0, currentAccuracy: 1, improvement: 1 });
    expect(facts(12, 0, 3).nextMilestones).toEqual([
      'Collect 8 more traces to start learning',
      'Add 2 more eval cases to enable validation',
      'Run `engine.learn()` to extract your first knowledge',
    ]);
    expect(facts(30, 0, 5).nextMilestones).toContain(
      'Collect 20 more traces to unlock batch pattern analysis',
    );
    expect(facts(60, 0, 5).nextMilestones).toEqual(['Run `engine.learn()` to extract your first knowledge']);
  });

  // Ours look at more than theirs, which shows less or promotes by less:
  it.each([
    ['failed runs of one pass', RUNS_DEFAULT, 200, 50],
    ['steps shown of a long run', SPANS_PER_RUN_HEAD + SPANS_PER_RUN_TAIL, 20, 10],
    ['units before a new rule leaves the canary', WATCH.canaryUnitsMin, 200, 20],
  ])('%s: %d', (_what, ours, wanted, theirs) => {
    expect(ours).toBe(wanted);
    expect(ours).toBeGreaterThan(theirs);
  });

  it.each([
    ['root_cause', 'because'],
    ['critical_step_id', 'evidence'],
    ['missing_knowledge', 'content'],
    ['fix.type', 'kind'],
    ['fix.content', 'content'],
    ['fix.applies_when', 'appliesWhen'],
  ])('an analyzer answers %s as %s', (_theirs, ours) => {
    // Their `confidence` is the model's own opinion: trials say it here.
    const schema: { readonly properties?: object } = z.toJSONSchema(ANSWERED_LESSON);
    expect(Object.keys(schema.properties ?? {})).toContain(ours);
  });

  // Their gate (+5 %, no regression, "80 %") and their removal (rate below 0.3 after ten injections) are not copied: what
  // they promote and remove is noise. Ours instead:
  it.each([
    ['false promotions in a cycle, at most', resolveRace({ runsBudget: 100, confirmRuns: 0 }, 1).alpha, 0.05],
    ['evidence of harm that removes a rule', WATCH.harmE, 20],
  ])('%s %d', (_what, ours, wanted) => {
    expect(ours).toBe(wanted);
  });
});

describe('injection text', () => {
  const render = (format: (typeof INJECTION_FORMATS)[number], rules = [RULE, CHECKLIST]): string =>
    createRenderer({ secret: 's', effectiveness: () => 0.92 }).render(rules, {
      project: 'p',
      snapshot: 1,
      format,
    });

  it('smart: core rules and relevant knowledge', () => {
    expect(render('agentlearn-v1')).toBe(
      `=== CORE RULES (always apply) ===

[SKILL] 8a9f4e2b
position column is TEXT — use '1' not 1

=== END CORE RULES ===

=== RELEVANT KNOWLEDGE (context-matched) ===

[CHECKLIST] 3c1d6f8a (effectiveness: 92%)
Before date queries, use TO_DATE

=== END RELEVANT KNOWLEDGE ===`,
    );
  });

  it('simple, embedding, canary: one list', () => {
    expect(render('agentlearn-list-v1', [CHECKLIST])).toBe(
      '=== LEARNED KNOWLEDGE (auto-injected) ===\n\n[CHECKLIST] 3c1d6f8a (effectiveness: 92%)\nBefore date queries, use TO_DATE\n\n=== END LEARNED KNOWLEDGE ===',
    );
  });

  it('hybrid: an index, and the tool that loads a rule', () => {
    expect(render('agentlearn-index-v1', [CHECKLIST])).toBe(
      '=== AVAILABLE KNOWLEDGE (use recall_knowledge to load details) ===\n\n  [CHECKLIST] 3c1d6f8a (92%) — a query compares dates\n\n=== END KNOWLEDGE INDEX ===',
    );
    expect(recalledText(CHECKLIST, () => 0.92)).toBe(
      '[CHECKLIST] 3c1d6f8a (effectiveness: 92%)\nApplies when: a query compares dates\n\nBefore date queries, use TO_DATE',
    );
  });

  it('nothing to inject is no text, in every format', () => {
    for (const format of INJECTION_FORMATS) expect(render(format, [])).toBe('');
  });
});

describe('the command line', () => {
  const program = new Command('tracelore');
  for (const add of [
    addStatusCommand,
    addLearnCommand,
    addKnowledgeCommands,
    addTraceCommands,
    addEvalCommands,
    addSnapshotCommands,
    addAbReport,
  ])
    add(program);

  it.each([
    'status',
    'learn --max-fixes --budget',
    'knowledge list --status',
    'knowledge show',
    'knowledge approve',
    'knowledge reject',
    'knowledge deprecate',
    'knowledge audit',
    'knowledge export',
    'knowledge import',
    // Promised by their README, missing in their program.
    'knowledge pin',
    'knowledge unpin',
    'traces list --status --limit',
    'traces show',
    'traces search --limit',
    'traces blame',
    'eval list',
    'eval add --task --expected',
    'eval generate --from-traces --min-confidence',
    'eval synthetic --count',
    'eval from-failures --pattern --count',
    'eval import',
    'eval run --agent --tags --name --threshold',
    'eval history --limit',
    'eval compare',
    'snapshot create --tag',
    'snapshot list',
    'snapshot restore',
    'ab-report',
  ])('%s', (line) => {
    const [verbs, flags] = [
      words(line).filter((word) => !word.startsWith('--')),
      words(line).filter((word) => word.startsWith('--')),
    ];
    const command = verbs.reduce<Command | undefined>(
      (at, verb) => at?.commands.find((one) => one.name() === verb),
      program,
    );
    expect(command?.name()).toBe(verbs.at(-1));
    expect(command?.options.map(({ long }) => long)).toEqual(expect.arrayContaining(flags));
  });

  it('CSV columns: task_input, expected_output, tags, judge_prompt; rows without a task are left out', () => {
    const csv =
      '\uFEFFtask_input,expected_output,tags,judge_prompt\n how many? ,42,"a, b",\n,lost,,\nwho?,,,polite?\n';
    expect(readEvalFile('cases.csv', csv)).toEqual([
      { task: 'how many?', expected: '42', tags: ['a', 'b'] },
      { task: 'who?', judgePrompt: 'polite?' },
    ]);
  });
});

describe('sentences of reports', () => {
  const lift = (low: number, high: number): ReturnType<typeof liftReport> => {
    const arm = { units: 10, missing: 0, outcome: 0.67 };
    return liftReport(
      reportLift({
        units: 20,
        with: { ...arm, outcome: 0.71 },
        without: arm,
        lift: { estimate: 0.04, low, high },
      }),
    );
  };

  it.each([
    [lift(0.01, 0.07), 'Knowledge injection is helping'],
    [lift(-0.01, 0.07), 'Knowledge injection may not be providing value'],
    [liftReport(reportLift(null)), 'Not enough data. Need both treatment and control traces.'],
  ])('ab-report: %#', (report, sentence) => {
    expect(report.recommendation).toBe(sentence);
  });

  it('ab-report prints three lines', () => {
    expect(liftLines(lift(-0.01, 0.07)).slice(0, 3)).toEqual([
      'Treatment (with knowledge): 71.0% avg score (10 runs)',
      'Control (without knowledge): 67.0% avg score (10 runs)',
      'Lift: +4.0% (not significant)',
    ]);
  });

  it.each([
    [blameOf(0), 'Review new items — recently promoted knowledge may be causing issues'],
    [blameOf(6), 'Some items show high failure correlation'],
    [blameOf(5), 'Likely unrelated to knowledge'],
    [
      blame({
        runId: 'r',
        outcome: null,
        decisions: [],
        findVersion: () => undefined,
        watchOf: () => undefined,
        injections: new Map(),
        recent: new Map(),
        replays: null,
      }),
      'No knowledge was injected in this trace',
    ],
  ])('blame: %#', (report, sentence) => {
    expect(blameReport(report).recommendation).toBe(sentence);
  });

  it('blame: the failure rate is over the runs that carried the rule, not over the last twenty', () => {
    expect(blameReport(blameOf(6)).candidates).toMatchObject([{ isNew: false, recentFailureRate: 0.75 }]);
  });
});
