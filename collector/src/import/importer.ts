import { createHash } from 'node:crypto';
import type { Rejection } from '../decode/decoded-request.ts';
import { sliceJsonLogs, sliceJsonTraces } from '../decode/json-request.ts';
import { normalizeLogs } from '../normalize/normalize-log.ts';
import { normalizeSpans } from '../normalize/normalize-span.ts';
import type { Batch } from '../records.ts';
import type { RedactionOptions } from '../redact/redaction-options.ts';
import { redactLogs, redactSpans } from '../redact/redact-records.ts';
import { Redactor } from '../redact/redactor.ts';
import type { PortableTable } from '../store/operations/export-rows.ts';
import { importRows } from '../store/operations/import-rows.ts';
import type { Store } from '../store/store.ts';

/** What became of some lines. */
export interface Imported {
  /** Rows stored, or that were stored before. */
  readonly rows: number;
  /** Spans and log records that nobody could store, and whole requests of metrics. */
  readonly rejected: number;
  /** Why the first of them was; '' = none was. */
  readonly problem: string;
}

/**
 * Takes data that comes from files instead of senders: redacted like everything else, and into the named project whatever
 * the data says. The same lines again store nothing new, within the window of the tables. Resolves when all is stored.
 */
export interface Importer {
  /** Lines of an export of one table, a few thousand at a time. @throws StoreError `invalid_row` */
  rows(project: string, table: PortableTable, lines: readonly string[]): Promise<Imported>;
  /** OTLP requests in JSON, one per line, as the Collector's file exporter writes them. @throws Refusal `undecodable` */
  otlp(project: string, lines: readonly string[]): Promise<Imported>;
}

export interface ImporterOptions {
  readonly store: Pick<Store, 'driver' | 'write' | 'refresh'>;
  readonly redaction: RedactionOptions | false;
  /** Epoch ms. */
  readonly now: () => number;
}

export function createImporter({ store, redaction, now }: ImporterOptions): Importer {
  const redactor = redaction === false ? undefined : new Redactor(redaction);
  return {
    rows: async (project, table, lines) => {
      const { rows } = await importRows(store, { project, table, lines, redactor, nowMs: now() });
      return { rows, rejected: 0, problem: '' };
    },
    otlp: async (project, lines) => {
      let [rows, rejected, problem] = [0, 0, ''];
      const runs = new Set<string>();
      for (const line of lines) {
        const read = readRequest(line, project, redactor, now());
        await store.write(read.batch, tokenOf(project, line));
        for (const { runId } of [...read.batch.spans, ...read.batch.outcomes]) runs.add(runId);
        rows += read.batch.spans.length + read.batch.logs.length + read.batch.outcomes.length;
        rejected += read.rejected.length;
        if (problem === '') problem = describe(read.rejected[0]);
      }
      await store.refresh(
        [...runs].map((runId) => ({ project, runId })),
        now(),
      );
      return { rows, rejected, problem };
    },
  };
}

interface ReadRequest {
  readonly batch: Batch;
  readonly rejected: readonly Rejection[];
}

/** Which signal a line holds is said by its first name. */
const SIGNAL = /^\s*\{\s*"(resourceSpans|resourceLogs|resourceMetrics)"/;

function readRequest(
  line: string,
  project: string,
  redactor: Redactor | undefined,
  receivedAtMs: number,
): ReadRequest {
  const signal = SIGNAL.exec(line)?.[1];
  if (signal === 'resourceMetrics')
    return { batch: EMPTY, rejected: [{ field: signal, problem: 'metrics are not stored' }] };
  const body = Buffer.from(line);
  if (signal === 'resourceLogs') {
    const { slices, rejected } = sliceJsonLogs(body);
    const parts = [...slices].map((slice) => {
      const clean = redactor === undefined ? slice : redactLogs(redactor, slice);
      return normalizeLogs(clean, () => project, receivedAtMs);
    });
    return { batch: joined(parts), rejected };
  }
  const { slices, rejected } = sliceJsonTraces(body);
  const parts = [...slices].map((slice) => {
    const clean = redactor === undefined ? slice : redactSpans(redactor, slice);
    return normalizeSpans(clean, () => project, receivedAtMs);
  });
  return { batch: joined(parts), rejected };
}

const EMPTY: Batch = { spans: [], logs: [], outcomes: [] };

function joined(parts: readonly Partial<Batch>[]): Batch {
  return {
    spans: parts.flatMap(({ spans = [] }) => spans),
    logs: parts.flatMap(({ logs = [] }) => logs),
    outcomes: parts.flatMap(({ outcomes = [] }) => outcomes),
  };
}

function describe(rejection: Rejection | undefined): string {
  return rejection === undefined ? '' : `${rejection.field}: ${rejection.problem}`;
}

function tokenOf(project: string, line: string): string {
  return createHash('sha256').update(`import\n${project}\notlp\n`).update(line).digest('hex').slice(0, 32);
}
