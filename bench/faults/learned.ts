import type { Service } from './service.ts';

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

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  const body: T = JSON.parse(await response.text());
  return body;
}
