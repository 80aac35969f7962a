import type { SpanFilter, Store } from '@tracelore/collector/store';
import { type Filling, PROJECT, RARE_WORD } from './fill.ts';
import type { Question } from './measured-store.ts';
import { vocabulary, WORDS } from './vocabulary.ts';

const DAY_MS = 86_400_000;
const LIST_MS = 100;
const TRACE_MS = 50;
const SEARCH_MS = 1_000;

/** What is asked, through the readers that the API and the command line use. */
export function questions(filling: Filling, words: readonly string[] = [...vocabulary()]): Question[] {
  const { runs, endMs } = filling;
  /** A run of the filling by number, another one for each repeat, over all days. */
  const runNumber = (index: number): number => Math.floor(((index * 0.618 + 0.1) % 1) * runs);
  const search = async (store: Store, span: SpanFilter, more: object = {}): Promise<number> => {
    const page = await store.searchRuns({ project: PROJECT, span, ...more });
    return page.searchedTo === undefined ? page.runs.length : Number.NaN;
  };
  const lastDay = { startedAfterMs: endMs - DAY_MS };
  return [
    {
      title: 'latest 50 runs',
      targetMs: LIST_MS,
      ask: async (store) => (await store.listRuns({ project: PROJECT })).length,
    },
    {
      title: '50 runs, some page further on',
      targetMs: LIST_MS,
      ask: async (store, index) => {
        const startTime = new Date(endMs - ((index * 0.618) % 1) * filling.days * DAY_MS).toISOString();
        return (await store.listRuns({ project: PROJECT, after: { startTime, runId: '' } })).length;
      },
    },
    {
      title: 'one trace by id, with content',
      targetMs: TRACE_MS,
      about: async (store, index) => await idOf(store, runNumber(index), 'run'),
      ask: async (store, _, id) => {
        const [run, { spans }] = await Promise.all([
          store.findRun(PROJECT, id),
          store.readSpans(PROJECT, id),
          store.outcomesOf(PROJECT, [id]),
        ]);
        return run === undefined ? Number.NaN : spans.length;
      },
    },
    {
      title: 'one trace by id, without content',
      targetMs: TRACE_MS,
      about: async (store, index) => await idOf(store, runNumber(index), 'run'),
      ask: async (store, _, id) => (await store.readSpans(PROJECT, id, { content: 'none' })).spans.length,
    },
    {
      title: 'a trace that is not there',
      targetMs: TRACE_MS,
      ask: async (store, index) =>
        Number((await store.findRun(PROJECT, `no such run ${index}`)) !== undefined),
    },
    {
      title: 'attribute of one span (order.id=…)',
      targetMs: SEARCH_MS,
      about: async (store, index) => await orderOf(store, runNumber(index)),
      ask: async (store, _, order) => await search(store, { attributes: [['order.id', order]] }),
    },
    {
      title: 'attribute of a few runs (user.id=…)',
      targetMs: SEARCH_MS,
      ask: async (store, index) =>
        await search(store, { attributes: [['user.id', `user-${40_000 + index}`]] }),
    },
    {
      title: 'attribute of every tenth span (customer.tier=gold)',
      targetMs: SEARCH_MS,
      ask: async (store) => await search(store, { attributes: [['customer.tier', 'gold']] }),
    },
    {
      title: 'attribute that no span has',
      targetMs: SEARCH_MS,
      ask: async (store, index) => await search(store, { attributes: [['order.id', `none ${index}`]] }),
    },
    {
      title: 'two attributes, name, tool and error type',
      targetMs: SEARCH_MS,
      ask: async (store, index) =>
        await search(store, {
          tool: `tool-${index % 60}`,
          errorType: 'timeout',
          attributes: [
            ['http.response.status_code', '504'],
            ['customer.tier', 'silver'],
          ],
        }),
    },
    {
      title: 'word of a few spans, any time',
      targetMs: SEARCH_MS,
      ask: async (store) => await search(store, { text: RARE_WORD }),
    },
    {
      title: 'word of one span, any time',
      targetMs: SEARCH_MS,
      about: async (store, index) => await orderOf(store, runNumber(index)),
      ask: async (store, _, order) => await search(store, { text: order }),
    },
    {
      title: 'word that no span has, any time',
      targetMs: SEARCH_MS,
      ask: async (store, index) => await search(store, { text: `xylophone${index}` }),
    },
    {
      title: 'word of a log record, any time',
      targetMs: SEARCH_MS,
      about: async (store, index) => await idOf(store, Math.floor(runNumber(index) / 20) * 20, 'log', 64),
      ask: async (store, _, text) => await search(store, { text }),
    },
    {
      title: 'any word of the vocabulary, last 24 h',
      targetMs: SEARCH_MS,
      ask: async (store, index) =>
        await search(store, { text: words[Math.floor(WORDS ** ((index * 0.618) % 1))] ?? '' }, lastDay),
    },
    {
      title: 'word that no span has, last 24 h',
      targetMs: SEARCH_MS,
      ask: async (store, index) => await search(store, { text: `glockenspiel${index}` }, lastDay),
    },
    {
      title: 'word of a span in 5 000, any time',
      ask: async (store, index) => await search(store, { text: words[WORDS - 1 - index] ?? '' }),
    },
    {
      title: 'three rare words together, any time',
      ask: async (store, index) =>
        await search(store, { text: [1, 2, 3].map((n) => words[WORDS - 1 - index * n]).join(' ') }),
    },
    {
      title: 'runs of one user',
      targetMs: SEARCH_MS,
      ask: async (store, index) =>
        (await store.listRuns({ project: PROJECT, userId: `user-${40_000 + index}` })).length,
    },
    {
      title: 'runs of one conversation',
      targetMs: SEARCH_MS,
      ask: async (store, index) =>
        (
          await store.listRuns({
            project: PROJECT,
            conversationId: `conversation-${Math.floor(runNumber(index) / 3)}`,
          })
        ).length,
    },
    {
      title: 'failed runs of one agent and release, 4 000 tokens and more',
      targetMs: SEARCH_MS,
      ask: async (store, index) => {
        const more = {
          agent: `agent-${100 + index}`,
          tag: 'release-3',
          outcome: 'failed',
          minTokens: 4_000,
        } as const;
        return (await store.listRuns({ project: PROJECT, ...more })).length;
      },
    },
    {
      title: 'word in the runs of one user',
      targetMs: SEARCH_MS,
      ask: async (store, index) =>
        await search(store, { text: words[1_000] ?? '' }, { userId: `user-${30_000 + index}` }),
    },
  ];
}

/** The filling's ids are hashes of run numbers: the engine is asked for them, as it made them. */
async function idOf(store: Store, run: number, salt: string, bits: 64 | 128 = 128): Promise<string> {
  const hash = bits === 128 ? 'sipHash128' : 'sipHash64';
  const [row] = await store.driver.query<{ id: string }>(
    `SELECT lower(hex(${hash}({run: UInt64}, {salt: String}))) AS id`,
    { parameters: { run, salt } },
  );
  return row?.id ?? '';
}

async function orderOf(store: Store, run: number): Promise<string> {
  const [row] = await store.driver.query<{ id: string }>(
    `SELECT 'ord' || lower(hex(toUInt32(sipHash64({run: UInt64}, 2, 'o')))) AS id`,
    { parameters: { run } },
  );
  return row?.id ?? '';
}
