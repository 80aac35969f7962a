import { NO_USAGE, type ChatModel, type ChatRequest, type ChatResult } from './chat-model.ts';

/** Calls of models per day (UTC) and process when nobody says otherwise: bounds what a runaway loop can cost. */
export const MODEL_CALLS_PER_DAY = 5_000;

/**
 * Wraps models so that together they make at most `callsMax` calls per day of the service's clock. Beyond it a call fails at
 * once as `rate_limited`, and says when there are calls again; nothing is lost, the work waits.
 */
export function dailyBudget(now: () => Date, callsMax: number): (model: ChatModel) => ChatModel {
  let day = '';
  let calls = 0;

  function isSpent(): boolean {
    const today = now().toISOString().slice(0, 10);
    if (today !== day) [day, calls] = [today, 0];
    calls += 1;
    return calls > callsMax;
  }

  return (model) => ({
    name: model.name,
    async complete<T>(request: ChatRequest<T>): Promise<ChatResult<T>> {
      if (!isSpent()) return model.complete(request);
      const message = `the budget of ${callsMax} model calls for ${day} is used up; there are new ones tomorrow (UTC)`;
      return { ok: false, failure: 'rate_limited', message, usage: NO_USAGE };
    },
  });
}
