import type { Service } from './service.ts';

const RUNS = 6;

/** What a service says it has learned. */
export interface Learned {
  readonly rules: readonly {
    readonly content: string;
    readonly status: string;
    /** Types of its events, in order. */
    readonly events: readonly string[];
  }[];
  readonly runs: number;
  readonly unanalysed: number;
  /** Whether status names a pass that ended well. */
  readonly lastSuccess: boolean;
}

export async function learned({ api }: Service): Promise<Learned> {
  const { items }: { items: { id: string; content: string; status: string }[] } = await get(
    `${api}/v1/knowledge`,
  );
  const rules = await Promise.all(
    items.map(async ({ id, content, status }) => {
      const { history }: { history: { type: string }[] } = await get(`${api}/v1/knowledge/${id}`);
      return { content, status, events: history.map(({ type }) => type) };
    }),
  );
  const { runs, lastSuccess }: { runs: { total: number; unanalysed: number }; lastSuccess: object | null } =
    await get(`${api}/v1/status`);
  return { rules, runs: runs.total, unanalysed: runs.unanalysed, lastSuccess: lastSuccess !== null };
}

/** Sends runs that failed, each with its judgement. */
export async function exportFailures({ otlp, api }: Service, comment: string): Promise<void> {
  const nanoseconds = BigInt(Date.now()) * 1_000_000n;
  const spans = Array.from({ length: RUNS }, (_, index) => ({
    traceId: `${index + 1}`.padStart(32, 'a'),
    spanId: `${index + 1}`.padStart(16, 'b'),
    name: 'answer',
    kind: 1,
    startTimeUnixNano: String(nanoseconds),
    endTimeUnixNano: String(nanoseconds + 1_000_000n),
    attributes: Object.entries({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'pricer',
      'input.value': `What is the revenue of shop ${index} in euros?`,
      'output.value': '20000',
    }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  }));
  await post(`${otlp}/v1/traces`, { resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans }] }] });
  await post(
    `${api}/v1/outcomes`,
    spans.map(({ traceId }) => ({ run: traceId, passed: false, source: 'check', comment })),
  );
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  const body: T = JSON.parse(await response.text());
  return body;
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}
