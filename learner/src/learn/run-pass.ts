import { goldOutputs } from '../analyzers/memorised.ts';
import { addUsage } from '../llm/chat-model.ts';
import { LearnerError } from '../errors.ts';
import { analyseRuns, type AnalysisOutcome } from './lessons/analyse-runs.ts';
import { finishReleases } from './release/finish-releases.ts';
import { addNote, type PassRecord } from './learn-pass.ts';
import type { LearnParts, PassOptions } from './learn-parts.ts';
import { rejectedRules } from './select/rejected-rules.ts';
import { release } from './release/release.ts';
import { selectContrasts, selectFailures } from './select/select-runs.ts';
import { restsOnUntrustedJudge } from './release/untrusted-judges.ts';
import { validateCandidates } from './validate/validate-candidates.ts';
import { writeLessons } from './lessons/write-lessons.ts';

/** Failed runs analysed in one pass when nobody says otherwise. */
export const RUNS_DEFAULT = 200;
/** Most that can be asked for: all of them are in memory at once. */
export const RUNS_MAX = 2_000;

/**
 * One learning pass: settle outcomes → select failed runs → analyse → gate in → validate → release. Throws when it cannot
 * go on; what was stored until then stays, what was not analysed stays unanalysed.
 */
export async function runPass(options: PassOptions): Promise<void> {
  const { parts, project, record, save, signal } = options;
  const fingerprint = await presentFingerprint(parts, project);

  let untrusted: Promise<boolean> | undefined;
  const awaitsPerson = async (): Promise<boolean> =>
    parts.requireApproval || (await (untrusted ??= restsOnUntrustedJudge(parts, project, record)));
  if (options.request.validates !== false) await finishReleases({ ...options, fingerprint, awaitsPerson });
  const settled = await parts.settler.settle(project, signal);
  record.update({ usage: addUsage(record.current.usage, settled.usage) });
  if (settled.judgeFailures > 0)
    addNote(record, 'the judge model failed; runs without an outcome wait for the next pass');
  const failures = await selectFailures(
    parts.reader,
    project,
    Math.min(options.request.maxRuns ?? RUNS_DEFAULT, RUNS_MAX),
  );
  record.update({ runsSelected: failures.length });

  const { analyzer } = parts;
  if (analyzer === undefined && failures.length > 0) {
    addNote(
      record,
      `${failures.length} failed run(s) wait for a model: set OPENAI_API_KEY or OPENAI_BASE_URL and restart.`,
    );
  }
  if (analyzer !== undefined && failures.length > 0) {
    record.update({ phase: 'analyse' });
    await save();
    const contrasts = await selectContrasts(parts.reader, project);
    const rejected = await rejectedRules(parts, project, fingerprint);
    const cases = await parts.cases.list(project);
    const slices = [...new Set(cases.flatMap(({ tags }) => tags))].sort();
    const analysis = await analyseRuns({ analyzer, failures, contrasts, rejected, slices, record, signal });
    record.update({ phase: 'gate' });
    await writeLessons(analysis.analysed, {
      base: parts.knowledge(project),
      log: parts.analyses,
      analyzer: analyzer.name,
      contrasts,
      gold: goldOutputs(cases.map(({ expected }) => expected)),
      ...(parts.comparer === undefined ? {} : { comparer: parts.comparer }),
      signal,
      rejected,
      record,
    });
    reportLeft(analysis, failures.length, record);
  }
  stopIfAsked(signal);
  if (options.request.validates === false) return;

  record.update({ phase: 'validate' });
  await save();
  const cycle = await validateCandidates({ ...options, fingerprint });
  if (cycle === undefined) return;

  record.update({ phase: 'release' });
  // Verdicts hold whenever the looking stops: what a stopped cycle proved is released all the same.
  const base = parts.knowledge(project);
  await release(cycle, cycle.reports, { ...parts, base, record, requireApproval: await awaitsPerson() });
  stopIfAsked(signal);
}

function stopIfAsked(signal: AbortSignal): void {
  if (signal.aborted) throw new LearnerError('unavailable', 'the pass was stopped', { retryable: true });
}

/** Most runs left without an answer: the pass has failed. A few: it goes on, and says so. */
function reportLeft({ runsLeft, reason }: AnalysisOutcome, runs: number, record: PassRecord): void {
  if (runsLeft === 0) return;
  const text = `${runsLeft} of ${runs} failed run(s) could not be analysed and wait for the next pass: ${reason}`;
  if (runsLeft * 2 <= runs) addNote(record, text);
  else {
    record.update({ phase: 'analyse' });
    throw new LearnerError('unavailable', text, { retryable: true });
  }
}

/** Model, prompt and tools of the agent as its newest run names them; '' when it names none. */
async function presentFingerprint(parts: LearnParts, project: string): Promise<string> {
  const [newest] = await parts.reader.listRuns({ project, state: 'closed', limit: 1 });
  return newest?.fingerprint ?? '';
}
