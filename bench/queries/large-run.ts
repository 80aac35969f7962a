import type { Store } from '@tracelore/collector/store';
import type { Question } from './measured-store.ts';
import { vocabulary, WORDS } from './vocabulary.ts';

const PROJECT = 'large';
const RUN = 'f'.repeat(32);
const SPANS = 10_000;
const MESSAGE_BYTES = 50_000;
/** Text that the messages are pieces of, from different places. */
const TEXT_BYTES = 2_000_000;
const SPANS_PER_INSERT = 500;
const INSERT_MEMORY_BYTES_MAX = 2 * 1024 ** 3;

/** Stores one run of 10 000 model calls with 50 KB of messages each, 500 MB, unless it is there. */
export async function storeLargeRun(store: Store): Promise<void> {
  const { driver, database } = store;
  const [there] = await driver.query<{ n: string }>(
    `SELECT count() AS n FROM ${database}.spans WHERE project = {project: String}`,
    { parameters: { project: PROJECT } },
  );
  if (Number(there?.n) === SPANS) return;
  const text = someText();
  for (let from = 0; from < SPANS; from += SPANS_PER_INSERT) {
    await driver.command(
      `INSERT INTO ${database}.spans
         (project, trace_id, span_id, parent_span_id, run_id, name, kind, start_time, duration_ns, status, operation,
          request_model, input, output, received_at)
       SELECT {project: String}, {run: String}, leftPad(toString(number), 16, '0'),
         if(number = 0, '', leftPad(toString(intDiv(number, 10)), 16, '0')), {run: String}, 'chat m', 'llm',
         toDateTime64('2026-11-01 00:00:00', 9, 'UTC') + toIntervalMillisecond(number * 10), 5000000, 'Ok', 'chat', 'm',
         substring({text: String}, 1 + cityHash64(number) % {last: UInt32}, {bytes: UInt32}), toString(number), now64(3)
       FROM numbers({from: UInt64}, {count: UInt64})`,
      {
        parameters: {
          project: PROJECT,
          run: RUN,
          text,
          last: TEXT_BYTES - MESSAGE_BYTES,
          bytes: MESSAGE_BYTES,
          from,
          count: SPANS_PER_INSERT,
        },
        memoryBytesMax: INSERT_MEMORY_BYTES_MAX,
      },
    );
  }
  await store.refresh([{ project: PROJECT, runId: RUN }], Date.now());
}

/** Words at even distances through the ranks, each time from another one: no two pieces are alike. */
function someText(): string {
  const words = [...vocabulary()];
  const parts: string[] = [];
  for (let bytes = 0, index = 0; bytes < TEXT_BYTES; index += 1) {
    const word = words[Math.floor(WORDS ** ((index * 0.618_033_9) % 1))] ?? '';
    parts.push(word);
    bytes += word.length + 1;
  }
  return parts.join(' ').slice(0, TEXT_BYTES);
}

/** How such a run opens. What is read is not kept: only the reader's own memory shows. */
export const LARGE_RUN_QUESTIONS: readonly Question[] = [
  {
    title: 'run of 10 000 × 50 KB: tree without content',
    ask: async (store) => (await store.readSpans(PROJECT, RUN, { content: 'none' })).spans.length,
  },
  {
    title: 'run of 10 000 × 50 KB: first page of previews',
    ask: async (store) => (await store.readSpans(PROJECT, RUN, { content: 'preview' })).spans.length,
  },
  {
    title: 'run of 10 000 × 50 KB: first page of whole spans',
    ask: async (store) => (await store.readSpans(PROJECT, RUN)).spans.length,
  },
  {
    title: 'run of 10 000 × 50 KB: one span whole',
    ask: async (store, index) => {
      const span = await store.readSpan(PROJECT, RUN, String(index * 97).padStart(16, '0'));
      return span === undefined ? 0 : 1;
    },
  },
];

export const LARGE_RUN_WHOLE: Question = {
  title: 'run of 10 000 × 50 KB: all of it, page by page',
  ask: async (store) => {
    let read = 0;
    let offset: number | undefined = 0;
    while (offset !== undefined) {
      const page = await store.readSpans(PROJECT, RUN, { offset });
      read += page.spans.length;
      offset = page.next;
    }
    return read;
  },
};
