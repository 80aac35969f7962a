import { Pace } from '../pace.ts';
import type { FailureCluster } from './failure-clusters.ts';
import { taskSimilarity, termBag, type TaskSimilarity, type TermBag } from './task-similarity.ts';
import { taskOf, type TracedRun } from './traced-run.ts';

/** Failed runs in one question to an analyzer: enough to see what they share, few enough to read closely. */
export const FAILURES_PER_SAMPLE_MAX = 4;
/** Passing runs shown beside them for contrast. */
export const CONTRASTS_PER_SAMPLE_MAX = 2;

/** Runs that are compared with each other: the work grows with the square. Larger clusters are sampled in parts. */
export const COMPARED_RUNS_MAX = 250;

/** What one analyzer call is shown. */
export interface FailureSample {
  readonly signature: string;
  readonly failures: readonly TracedRun[];
  readonly contrasts: readonly TracedRun[];
}

/**
 * Cuts a cluster into samples. Every run is in exactly one sample, with its nearest neighbours by task. The seed of each next
 * sample is the run farthest from all seeds so far, so that the first samples already cover the cluster's variety when a
 * budget ends the pass early. Contrasts are the nearest passing runs of the same agent; a task that both passed and failed
 * is nearest of all.
 */
export async function sampleCluster(
  cluster: FailureCluster,
  passed: readonly TracedRun[],
  failuresMax: number = FAILURES_PER_SAMPLE_MAX,
): Promise<readonly FailureSample[]> {
  const pace = new Pace();
  const contrasts = passed.filter((run) => run.summary.agent === cluster.runs[0]?.summary.agent);
  const samples: FailureSample[] = [];
  for (let from = 0; from < cluster.runs.length; from += COMPARED_RUNS_MAX) {
    const part = cluster.runs.slice(from, from + COMPARED_RUNS_MAX);
    samples.push(...(await samplePart(cluster, part, contrasts, { failuresMax, pace })));
  }
  return samples;
}

async function samplePart(
  cluster: FailureCluster,
  failures: readonly TracedRun[],
  passed: readonly TracedRun[],
  { failuresMax, pace }: { readonly failuresMax: number; readonly pace: Pace },
): Promise<FailureSample[]> {
  const all = [...failures, ...passed];
  const bags: TermBag[] = [];
  for (const run of all) {
    if (pace.isOver) await pace.rest();
    bags.push(termBag(taskOf(run)));
  }
  const similarity = taskSimilarity(bags);
  const contrasts = passed.map((_, index) => failures.length + index);
  /** Runs that are in no sample yet, with their similarity to the nearest seed so far. */
  const remaining = new Map(failures.map((_, index) => [index, 0]));
  const samples: FailureSample[] = [];
  while (remaining.size > 0) {
    if (pace.isOver) await pace.rest();
    const seed =
      samples.length === 0
        ? medoid([...remaining.keys()], similarity)
        : best([...remaining.keys()], (index) => -(remaining.get(index) ?? 0));
    const members = nearest(seed, [...remaining.keys()], similarity, failuresMax);
    for (const member of members) remaining.delete(member);
    for (const [index, closest] of remaining) {
      remaining.set(index, Math.max(closest, similarity.between(index, seed)));
    }
    const beside = nearest(seed, contrasts, similarity, CONTRASTS_PER_SAMPLE_MAX);
    samples.push({
      signature: cluster.signature,
      failures: members.flatMap((index) => all[index] ?? []),
      contrasts: beside.flatMap((index) => all[index] ?? []),
    });
  }
  return samples;
}

function medoid(indices: readonly number[], similarity: TaskSimilarity): number {
  const centralities = similarity.centralities(indices);
  return indices[best([...indices.keys()], (place) => centralities[place] ?? 0)] ?? 0;
}

function nearest(
  seed: number,
  among: readonly number[],
  similarity: TaskSimilarity,
  count: number,
): number[] {
  return among
    .map((index) => ({
      index,
      closeness: index === seed ? Number.POSITIVE_INFINITY : similarity.between(seed, index),
    }))
    .sort((a, b) => b.closeness - a.closeness || a.index - b.index)
    .slice(0, count)
    .map(({ index }) => index);
}

/** The first of the highest. */
function best(list: readonly number[], value: (index: number) => number): number {
  let winner = list[0] ?? 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (const index of list) {
    const candidate = value(index);
    if (candidate > highest) [winner, highest] = [index, candidate];
  }
  return winner;
}
