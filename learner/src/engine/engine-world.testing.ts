import type { Script } from './engine-bench.testing.ts';
import { verdict } from './engine-bench.testing.ts';

/** The convention that the agent of these tests does not know by itself. */
export const CENTS_RULE = 'Order amounts are stored in cents: divide them by 100 and write EUR behind them.';
export const CENTS_LESSON: Readonly<Record<'kind' | 'content' | 'appliesWhen' | 'because', string>> = {
  kind: 'skill',
  content: CENTS_RULE,
  appliesWhen: 'a question asks for the amount of an order',
  because: 'the answers are a hundred times too high',
};

/** Answers right exactly when it is told the convention. */
export function answerOrder(task: string, knowledge: string): string {
  const amount = Number(/order (\d+)/.exec(task)?.[1] ?? 0) * 7;
  return knowledge.includes('divide them by 100') ? `${amount / 100} EUR` : `${amount} EUR of order amounts`;
}

export const orderTask = (order: number): string => `What is the amount of order ${order}?`;
export const orderAnswer = (order: number): string => `${(order * 7) / 100} EUR`;

/** Judges answers by the convention, proposes it from failed runs, and writes tasks of its kind. */
export const ordersScript: Script = (schema, { body }) => {
  const user = body.messages[1]?.content ?? '';
  if (schema === 'verdict') return verdict(/EUR of order amounts/.test(user) ? 0.1 : 0.95);
  if (schema === 'lessons') return lessons(user, [CENTS_LESSON]);
  if (schema === 'cases') {
    const count = Number(/\b(\d+) (?:variations|tasks)/.exec(user)?.[1] ?? 0);
    const from = user.includes('fails at') ? 800 : 900;
    const cases = Array.from({ length: count }, (_, at) => ({ task: orderTask(from + at), tags: ['easy'] }));
    return { content: JSON.stringify({ cases }) };
  }
  return { status: 400 };
};

/** Lessons with the wrong answer of the first failed run as evidence. */
export function lessons(user: string, proposed: readonly object[]): ReturnType<Script> {
  const quote = /(\d+ EUR of order amounts)/.exec(user)?.[1] ?? '';
  const evidence = [{ span: 'S1', field: 'output', quote }];
  return { content: JSON.stringify({ lessons: proposed.map((one) => ({ ...one, evidence })) }) };
}
