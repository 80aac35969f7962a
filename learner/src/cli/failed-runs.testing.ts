/** Where a service takes spans and judgements. */
interface Addresses {
  readonly otlp: string;
  readonly api: string;
}

/** Sends runs of the agent `pricer` that failed, each with its judgement: run ids are `aaa…1`, `aaa…2` and so on. */
export async function sendFailedRuns(
  { otlp, api }: Addresses,
  count: number,
  comment: string,
): Promise<void> {
  const nanoseconds = BigInt(Date.now()) * 1_000_000n;
  const spans = Array.from({ length: count }, (_, index) => ({
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
  const outcomes = spans.map(({ traceId }) => ({ run: traceId, passed: false, source: 'check', comment }));
  await post(`${api}/v1/outcomes`, outcomes);
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}
