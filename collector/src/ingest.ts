import { createHash, type Hash } from 'node:crypto';
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
import { SerialTask } from './serial-task.ts';
import { Turns } from './turns.ts';

/** A request whose body has been read and inflated. */
export interface ExportRequest {
  readonly signal: Signal;
  readonly encoding: Encoding;
  readonly body: Buffer;
  readonly claim: ProjectClaim;
  /** Called when the body is not needed any more, whatever became of it. */
  readonly onRead: () => void;
}

/** Bodies from this size on are read in turns with everything else, one at a time, bytes. */
const LARGE_BYTES_MIN = 2_097_152;

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
  readonly #large = new SerialTask();

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  get repeated(): number {
    return this.#recent.repeated;
  }

  export(request: ExportRequest): Promise<ExportAnswer> {
    const isLarge = request.body.length >= LARGE_BYTES_MIN;
    const stored = isLarge ? this.#exportLarge(request) : this.#exportSmall(request);
    return answeredWithin(this.#parts.answerWithinMs, stored);
  }

  #exportSmall(request: ExportRequest): Promise<ExportAnswer> {
    try {
      const key = beginKey(request).update(request.body).digest('hex');
      return this.#recent.once(key, () => this.#store(key, request));
    } finally {
      request.onRead();
    }
  }

  /** One at a time is read; they wait for their commits together. */
  async #exportLarge(request: ExportRequest): Promise<ExportAnswer> {
    const { answer } = await this.#large.run(async () => {
      const turns = new Turns();
      try {
        const key = await keyInTurns(request, turns);
        const { promise: read, resolve } = Promise.withResolvers<undefined>();
        const stored = this.#recent.once(key, () => this.#storeInTurns(key, request, turns, resolve));
        // The same request, sent before, is not read again: its answer may be there, or be on its way.
        await Promise.race([read, stored]);
        return { answer: stored };
      } finally {
        request.onRead();
      }
    });
    return await answer;
  }

  /** Stores rows that did not come by OTLP, through the same committer. `key` identifies their content. */
  async record(batch: Batch, key: string): Promise<void> {
    const { redactor } = this.#parts;
    await this.#commit(key, [redactor === undefined ? batch : redactBatch(redactor, batch)]).committed;
  }

  /** Not awaited here, nor in what it calls: a function that waits would keep what it decoded until the commit. */
  async #store(key: string, request: ExportRequest): Promise<ExportAnswer> {
    const read = this.#read(request);
    const { added, committed } = this.#commit(key, read.batches);
    const answer = this.#count(request.signal, read.sliced, added);
    return committed.then(() => answer);
  }

  async #storeInTurns(
    key: string,
    request: ExportRequest,
    turns: Turns,
    onRead: (value: undefined) => void,
  ): Promise<ExportAnswer> {
    const read = this.#read(request);
    const added = newlyAdded();
    const { result } = await this.#parts.committer.submitInTurns(
      { key, batches: counted(read.batches, added), runs: added.runs },
      turns,
    );
    const answer = this.#count(request.signal, read.sliced, added);
    onRead(undefined);
    return result.then((state) => {
      this.#committed(state, added);
      return answer;
    });
  }

  /** What the request holds, decoded while it is taken. */
  #read({ signal, encoding, body, claim }: ExportRequest): Read {
    if (signal === 'traces') {
      const sliced = encoding === 'json' ? sliceJsonTraces(body) : sliceProtobufTraces(body);
      return { sliced, batches: this.#spanBatches(sliced, claim) };
    }
    const sliced = encoding === 'json' ? sliceJsonLogs(body) : sliceProtobufLogs(body);
    return { sliced, batches: this.#logBatches(sliced, claim) };
  }

  /** Counts a request that has been read, and says what its sender should know. */
  #count(signal: Signal, sliced: Read['sliced'], added: Added): ExportAnswer {
    const { counters } = this.#parts;
    // Log records that tell of an agent are also its spans.
    counters.spansReceived += added.spans;
    if (signal === 'traces') {
      counters.spansReceived += sliced.rejected.length;
      counters.spansRejected += sliced.rejected.length;
      return answerOf(sliced, 'spans');
    }
    counters.logsReceived += added.logs + sliced.rejected.length;
    return answerOf(sliced, 'log records');
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
    const added = newlyAdded();
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

interface Read {
  readonly sliced: SlicedRequest<DecodedSpan | DecodedLog>;
  readonly batches: Iterable<Batch>;
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

function newlyAdded(): Added {
  return { spans: 0, logs: 0, outcomes: 0, runs: new Map() };
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

/** The content of a request is its key: what makes a second sending the same request. The body is to follow. */
function beginKey({ signal, encoding, claim }: ExportRequest): Hash {
  return createHash('sha256').update(`${claim.project ?? ''}\n${signal}\n${encoding}\n`);
}

/** Bytes hashed at a time. */
const HASHED_BYTES = 4_194_304;

async function keyInTurns(request: ExportRequest, turns: Turns): Promise<string> {
  const hash = beginKey(request);
  for (let from = 0; from < request.body.length; from += HASHED_BYTES) {
    hash.update(request.body.subarray(from, from + HASHED_BYTES));
    if (turns.isOver) await turns.next();
  }
  return hash.digest('hex');
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
