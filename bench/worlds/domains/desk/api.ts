import type { Result } from '../domain.ts';
import type { Call } from './calls.ts';

/** Arguments that a tool must have; any other tool does not exist. */
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  ship: ['order', 'goods', 'carrier'],
  book_freight: ['order', 'goods', 'load'],
  refund: ['order', 'euros'],
  credit_note: ['order', 'euros'],
  payout: ['order', 'euros'],
  voucher: ['order', 'euros'],
  rebate: ['order', 'euros'],
  reorder: ['article', 'count'],
  cancel: ['order', 'customer', 'code'],
  add_note: ['order', 'note'],
  set_phone: ['customer', 'phone'],
};
const REFUSED = 422;

/** The desk's state: what was done to each thing, in order. */
type State = ReadonlyMap<string, readonly string[]>;

/** Calls the tools one after the other, and compares the desk's state with the one that was wanted. */
export function deskApi(action: string, wanted: readonly Call[]): Result {
  const calls = parsedCalls(action);
  if (calls === undefined) {
    return { output: `{"error":400,"message":"no tool call"}`, score: 0, comment: 'no tool was called' };
  }
  const done = run(calls);
  const goal = run(wanted);
  const isReached = done.refused === goal.refused && sameState(done.state, goal.state);
  return {
    output: done.answers.join('\n'),
    score: isReached ? 1 : 0,
    comment: isReached
      ? 'the desk is as wanted'
      : `wanted ${entries(goal.state)}, the desk has ${entries(done.state)}`,
  };
}

function parsedCalls(action: string): readonly Call[] | undefined {
  if (!action.startsWith('[')) return undefined;
  try {
    const calls: unknown = JSON.parse(action);
    return Array.isArray(calls) && calls.every(isCall) ? calls : undefined;
  } catch {
    return undefined;
  }
}

function isCall(value: unknown): value is Call {
  return typeof value === 'object' && value !== null && 'tool' in value && 'args' in value;
}

function run(calls: readonly Call[]): { state: State; answers: readonly string[]; refused: number } {
  const state = new Map<string, readonly string[]>();
  const answers: string[] = [];
  let refused = 0;
  for (const { tool, args } of calls) {
    const missing = TOOLS[tool]?.filter((name) => args[name] === undefined);
    if (missing === undefined || missing.length > 0) {
      refused += 1;
      const message =
        missing === undefined ? `there is no tool ${tool}` : `${tool}: ${missing.join(', ')} missing`;
      answers.push(`{"error":${REFUSED},"message":"${message}"}`);
      continue;
    }
    const thing = String(args['order'] ?? args['article'] ?? args['customer']);
    const effect = `${tool} ${Object.keys(args)
      .toSorted()
      .map((name) => `${name}=${args[name]}`)
      .join(' ')}`;
    state.set(thing, [...(state.get(thing) ?? []), effect]);
    answers.push(`{"ok":true,"entries":${state.get(thing)?.length ?? 0}}`);
  }
  return { state, answers, refused };
}

function sameState(one: State, other: State): boolean {
  return one.size === other.size && entries(one) === entries(other);
}

function entries(state: State): string {
  return (
    [...state]
      .map(([thing, effects]) => `${thing}: ${effects.join('; ')}`)
      .toSorted()
      .join(' | ') || 'nothing'
  );
}
