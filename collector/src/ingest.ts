import { createHash } from 'node:crypto';
import { answeredWithin } from './commit/answer-deadline.ts';
import type { CommitResult } from './commit/commit-result.ts';
import type { Committer } from './commit/committer.ts';
import { RecentRequests } from './commit/recent-requests.ts';
import type { Counters } from './counters.ts';
import type { Signal, SlicedRequest } from './decode/decoded-request.ts';
import { sliceJsonLogs, sliceJsonTraces } from './decode/json-request.ts';
import { sliceProtobufLogs, sliceProtobufTraces } from './decode/protobuf-request.ts';
import { Refusal } from './errors.ts';
import { normalizeLogs } from './normalize/normalize-log.ts';
import { normalizeSpans } from './normalize/normalize-span.ts';
import { projectOf, type ProjectClaim } from './project.ts';
import type { ExportAnswer } from './receiver/answer.ts';
import type { Encoding } from './receiver/media-type.ts';
import type { Batch, DecodedLog, DecodedSpan } from './records.ts';
import { redactBatch, redactLogs, redactSpans } from './redact/redact-records.ts';
import type { Redactor } from './redact/redactor.ts';
import { noteRuns, type RunKey } from './runs/run-key.ts';
import type { RunTracker } from './runs/run-tracker.ts';

/** A request whose body has been read and inflated. */
export interface ExportRequest {
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly body: Buffer;
  readonly claim: ProjectClaim;
}

export interface IngestParts {
  readonly committer: Committer;
  readonly runs: RunTracker;
  readonly counters: Counters;
  /** Replaces secrets; `undefined` when everything is stored as it comes. */
  readonly redactor: Redactor | undefined;
  /** Epoch ms. */
  readonly now: () => number;
  /** Longest a sender waits for its commit, ms. */
  readonly answerWithinMs: number;
  /** Told when the store did not take a request. */
  readonly onStoreFailure: (error: unknown) => void;
}

/** Decode → redact → normalise → commit → answer. Rejects with a {@link Refusal}; an answer means stored. */
export class Ingest {
  readonly #parts: IngestParts;
  readonly #recent = new RecentRequests<ExportAnswer>();

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  get repeated(): number {
    return this.#recent.repeated;
  }

  /** Reads the body before it returns. */
  export(request: ExportRequest): Promise<ExportAnswer> {
    const key = keyOf(request);
    const stored = this.#recent.once(key, () => this.#store(key, request));
    return answeredWithin(this.#parts.answerWithinMs, stored);
  }

  /** Stores rows that did not come by OTLP, through the same committer. `key` identifies their content. */
  async record(batch: Batch, key: string): Promise<void> {
    const { redactor } = this.#parts;
    await this.#commit(key, [redactor === undefined ? batch : redactBatch(redactor, batch)]).committed;
  }

  async #store(key: string, request: ExportRequest): Promise<ExportAnswer> {
    const { committed, answer } = this.#accept(key, request);
    // Not awaited here: the request would be kept until its commit.
    return committed.then(() => answer);
  }

  /** Everything but the waiting: a function that waits would keep what it decoded until the commit. */
  #accept(key: string, request: ExportRequest): Accepted {
    const { counters } = this.#parts;
    const { body } = request;
    if (request.signal === 'traces') {
      const sliced = request.encoding === 'json' ? sliceJsonTraces(body) : sliceProtobufTraces(body);
      const { added, committed } = this.#commit(key, this.#spanBatches(sliced, request.claim));
      counters.spansReceived += added.spans + sliced.rejected.length;
      counters.spansRejected += sliced.rejected.length;
      return { committed, answer: answerOf(sliced, 'spans') };
    }
    const sliced = request.encoding === 'json' ? sliceJsonLogs(body) : sliceProtobufLogs(body);
    const { added, committed } = this.#commit(key, this.#logBatches(sliced, request.claim));
    counters.logsReceived += added.logs + sliced.rejected.length;
    // Log records that tell of an agent are also its spans.
    counters.spansReceived += added.spans;
    return { committed, answer: answerOf(sliced, 'log records') };
  }

  *#spanBatches({ slices }: SlicedRequest<DecodedSpan>, claim: ProjectClaim): Generator<Batch> {
    const { redactor, now } = this.#parts;
    const [project, receivedAtMs] = [projectReader(claim), now()];
    for (const slice of slices) {
      const clean = redactor === undefined ? slice : redactSpans(redactor, slice);
      yield { ...normalizeSpans(clean, project, receivedAtMs), logs: [] };
    }
  }

  *#logBatches({ slices }: SlicedRequest<DecodedLog>, claim: ProjectClaim): Generator<Batch> {
    const { redactor, now } = this.#parts;
    const [project, receivedAtMs] = [projectReader(claim), now()];
    for (const slice of slices) {
      const clean = redactor === undefined ? slice : redactLogs(redactor, slice);
      yield normalizeLogs(clean, project, receivedAtMs);
    }
  }

  /** Takes all batches before it returns. Only what is needed after the commit is kept while it is waited for. */
  #commit(key: string, batches: Iterable<Batch>): Submitted {
    const added: Added = { spans: 0, logs: 0, outcomes: 0, runs: new Map() };
    const committed = this.#parts.committer
      .submit({ key, batches: counted(batches, added), runs: added.runs })
      .then((result) => this.#committed(result, added));
    return { added, committed };
  }

  #committed(result: CommitResult, added: Added): void {
    const { counters, runs, onStoreFailure } = this.#parts;
    if (result.state === 'refused') throw new Refusal('data_refused', result.problem);
    if (result.state === 'unavailable') {
      const refusal = new Refusal('store_unavailable', `the store does not take data: ${result.problem}`);
      onStoreFailure(refusal);
      throw refusal;
    }
    counters.spansStored += added.spans;
    counters.logsStored += added.logs;
    counters.outcomesStored += added.outcomes;
    // Spooled rows are not there yet: their runs are touched when they are.
    if (result.state === 'stored') runs.touch(added.runs.values());
  }
}

interface Accepted {
  /** Resolves when everything in the request is stored. */
  readonly committed: Promise<void>;
  readonly answer: ExportAnswer;
}

interface Submitted {
  readonly added: Added;
  readonly committed: Promise<void>;
}

/** What a commit adds. */
interface Added {
  spans: number;
  logs: number;
  outcomes: number;
  readonly runs: Map<string, RunKey>;
}

function* counted(batches: Iterable<Batch>, added: Added): Generator<Batch> {
  for (const batch of batches) {
    added.spans += batch.spans.length;
    added.logs += batch.logs.length;
    added.outcomes += batch.outcomes.length;
    noteRuns(batch, added.runs);
    yield batch;
  }
}

/** Project of each resource, looked up once per resource of a request. */
function projectReader(claim: ProjectClaim): (item: DecodedSpan | DecodedLog) => string {
  const known = new Map<DecodedSpan['resource'], string>();
  return ({ resource }) => {
    let project = known.get(resource);
    if (project === undefined) {
      project = projectOf(claim, resource);
      known.set(resource, project);
    }
    return project;
  };
}

/** Content of a request: what makes a second sending the same request. */
function keyOf({ signal, encoding, body, claim }: ExportRequest): string {
  return createHash('sha256')
    .update(`${claim.project ?? ''}\n${signal}\n${encoding}\n`)
    .update(body)
    .digest('hex');
}

/** Reasons named in an answer; the rest are counted. */
const REASONS_SHOWN_MAX = 5;

function answerOf(sliced: SlicedRequest<DecodedSpan | DecodedLog>, items: string): ExportAnswer {
  const { rejected } = sliced;
  const warnings = [...sliced.warnings];
  if (rejected.length === 0) return { rejected: 0, message: warnings.join('; ') };
  const shown = rejected.slice(0, REASONS_SHOWN_MAX).map(({ field, problem }) => `${field}: ${problem}`);
  const more = rejected.length > REASONS_SHOWN_MAX ? [`${rejected.length - REASONS_SHOWN_MAX} more`] : [];
  return {
    rejected: rejected.length,
    message: `${rejected.length} ${items} rejected: ${[...shown, ...more, ...warnings].join('; ')}`,
  };
}
