import { sentence, task, numbers } from './words.ts';

const RUNS_PER_REQUEST = 500;
/** Ways in which the agent fails: each is a cluster of its own. */
const FAILURES = 40;

interface Addresses {
  readonly otlp: string;
  readonly api: string;
}

/** Sends so many failed runs of the agent `bench`, a tool call each, with the judgement of a check; a few that passed. */
export async function sendRuns({ otlp, api }: Addresses, failed: number, passed: number): Promise<void> {
  for (let from = 0; from < failed + passed; from += RUNS_PER_REQUEST) {
    const indices = Array.from(
      { length: Math.min(RUNS_PER_REQUEST, failed + passed - from) },
      (_, index) => from + index,
    );
    const spans = indices.flatMap(spansOf);
    await post(`${otlp}/v1/traces`, {
      resourceSpans: [{ resource: {}, scopeSpans: [{ scope: {}, spans }] }],
    });
    const outcomes = indices.map((index) => ({
      run: traceIdOf(index),
      passed: index >= failed,
      source: 'check',
      comment: `${index < failed ? 'expected another answer' : 'right'}: ${sentence(numbers(`why ${index}`), 12)}`,
    }));
    await post(`${api}/v1/outcomes`, outcomes);
  }
}

/** Tasks that candidates are tested on. */
export async function addCases({ api }: Addresses, count: number): Promise<void> {
  const cases = Array.from({ length: count }, (_, index) => ({
    task: task(1_000_000 + index),
    expected: 'ok',
  }));
  await post(`${api}/v1/evals/cases`, { cases });
}

function traceIdOf(index: number): string {
  return `${index + 1}`.padStart(32, 'a');
}

function spansOf(index: number): object[] {
  const startNs = BigInt(Date.now() - 60_000) * 1_000_000n;
  const next = numbers(`run ${index}`);
  const shared = {
    traceId: traceIdOf(index),
    kind: 1,
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs + 1_000_000n),
  };
  const root = {
    ...shared,
    spanId: `${index + 1}`.padStart(16, 'b'),
    name: 'invoke_agent bench',
    attributes: attributes({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'bench',
      'user.id': `user ${index % 97}`,
      'input.value': task(index),
      'output.value': sentence(next, 40),
    }),
  };
  const tool = {
    ...shared,
    spanId: `${index + 1}`.padStart(16, 'c'),
    parentSpanId: root.spanId,
    name: `execute_tool look_up_${index % FAILURES}`,
    attributes: attributes({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': `look_up_${index % FAILURES}`,
      'gen_ai.tool.call.arguments': JSON.stringify({ query: sentence(next, 20) }),
      'gen_ai.tool.call.result': sentence(next, 120),
    }),
  };
  return [root, tool];
}

function attributes(values: Readonly<Record<string, string>>): object[] {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}
