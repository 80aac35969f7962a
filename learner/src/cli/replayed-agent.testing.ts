import { getKnowledge, trace } from '@tracelore/sdk';

/** An agent with one tool; `onCall` hears of each real call of it. */
export function createPricer(onCall: (place: string) => void): (task: string) => Promise<string> {
  const readRevenue = trace(
    'read_revenue',
    async ({ shop, book }: { readonly shop: number; readonly book: string }): Promise<{ cents: number }> => {
      onCall(`${book} of shop ${shop}`);
      return { cents: 20_000 };
    },
    { kind: 'tool', replay: async (recorded) => JSON.parse(recorded) },
  );
  /** Answers in cents, unless it is told to divide; looks into the book that it is told to. */
  return trace(
    'pricer',
    async (task: string): Promise<string> => {
      const knowledge = await getKnowledge(task, { deadlineMs: 10_000 });
      const shop = Number(/\d+/.exec(task)?.[0]);
      const book = knowledge.includes('ledger') ? 'ledger' : 'cash book';
      const { cents } = await readRevenue({ shop, book });
      return String(knowledge.includes('Divide') ? cents / 100 : cents);
    },
    { kind: 'agent' },
  );
}
