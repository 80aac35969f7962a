import { createHash } from 'node:crypto';
import type { CommitResult } from './commit/commit-result.ts';
import type { Committer } from './commit/committer.ts';
import { RecentRequests } from './commit/recent-requests.ts';
import type { Counters } from './counters.ts';
import type { DecodedRequest, Signal } from './decode/decoded-request.ts';
import { decodeJsonLogs, decodeJsonTraces } from './decode/json-request.ts';
import { decodeProtobufLogs, decodeProtobufTraces } from './decode/protobuf-request.ts';
import { Refusal } from './errors.ts';
import { normalizeLogs } from './normalize/normalize-log.ts';
import { normalizeSpans } from './normalize/normalize-span.ts';
import { projectOf, type ProjectClaim } from './project.ts';
import type { ExportAnswer } from './receiver/answer.ts';
import type { Encoding } from './receiver/media-type.ts';
import type { Batch, DecodedLog, DecodedSpan } from './records.ts';
import { redactBatch, redactLogs, redactSpans } from './redact/redact-records.ts';
import type { Redactor } from './redact/redactor.ts';
import { runsOf, type RunKey, type RunTracker } from './runs/run-tracker.ts';

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

  export(request: ExportRequest): Promise<ExportAnswer> {
    const key = keyOf(request);
    return this.#recent.once(key, () => this.#store(key, request));
  }

  /** Stores rows that did not come by OTLP, through the same committer. `key` identifies their content. */
  async record(batch: Batch, key: string): Promise<void> {
    const { redactor } = this.#parts;
    await this.#commit(key, redactor === undefined ? batch : redactBatch(redactor, batch), 0);
  }

  async #store(key: string, request: ExportRequest): Promise<ExportAnswer> {
    const { committed, answer } = this.#accept(key, request);
    await committed;
    return answer;
  }

  /** Everything but the waiting: a function that waits would keep what it decoded until the commit. */
  #accept(key: string, request: ExportRequest): Accepted {
    const { counters, now, redactor } = this.#parts;
    const receivedAtMs = now();
    if (request.signal === 'traces') {
      const decoded =
        request.encoding === 'json' ? decodeJsonTraces(request.body) : decodeProtobufTraces(request.body);
      counters.spansReceived += decoded.items.length + decoded.rejected.length;
      counters.spansRejected += decoded.rejected.length;
      const items = redactor === undefined ? decoded.items : redactSpans(redactor, decoded.items);
      const { spans, outcomes } = normalizeSpans(items, projectReader(request.claim), receivedAtMs);
      const committed = this.#commit(key, { spans, logs: [], outcomes }, request.body.length);
      return { committed, answer: answerOf(decoded, 'spans') };
    }
    const decoded =
      request.encoding === 'json' ? decodeJsonLogs(request.body) : decodeProtobufLogs(request.body);
    counters.logsReceived += decoded.items.length + decoded.rejected.length;
    const items = redactor === undefined ? decoded.items : redactLogs(redactor, decoded.items);
    const { logs, outcomes } = normalizeLogs(items, projectReader(request.claim), receivedAtMs);
    const committed = this.#commit(key, { spans: [], logs, outcomes }, request.body.length);
    return { committed, answer: answerOf(decoded, 'log records') };
  }

  /** Only what is needed after the commit is kept while it is waited for: the batch is garbage once it is encoded. */
  #commit(key: string, batch: Batch, bytes: number): Promise<void> {
    const { spans, logs, outcomes } = batch;
    const added = { spans: spans.length, logs: logs.length, outcomes: outcomes.length, runs: runsOf(batch) };
    return this.#parts.committer
      .submit({ key, batch, bytes })
      .then((result) => this.#committed(result, added));
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
    runs.touch(added.runs);
  }
}

interface Accepted {
  /** Resolves when everything in the request is stored. */
  readonly committed: Promise<void>;
  readonly answer: ExportAnswer;
}

/** What a commit has added. */
interface Added {
  readonly spans: number;
  readonly logs: number;
  readonly outcomes: number;
  readonly runs: readonly RunKey[];
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

function answerOf(decoded: DecodedRequest<DecodedSpan | DecodedLog>, items: string): ExportAnswer {
  const { rejected, warnings } = decoded;
  if (rejected.length === 0) return { rejected: 0, message: warnings.join('; ') };
  const shown = rejected.slice(0, REASONS_SHOWN_MAX).map(({ field, problem }) => `${field}: ${problem}`);
  const more = rejected.length > REASONS_SHOWN_MAX ? [`${rejected.length - REASONS_SHOWN_MAX} more`] : [];
  return {
    rejected: rejected.length,
    message: `${rejected.length} ${items} rejected: ${[...shown, ...more, ...warnings].join('; ')}`,
  };
}
