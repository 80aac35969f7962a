import { NO_USAGE, type ChatModel, type ChatRequest, type ChatResult } from './chat-model.ts';

/** Calls of models per day (UTC) and process when nobody says otherwise: bounds what a runaway loop can cost. */
export const MODEL_CALLS_PER_DAY = 5_000;

/**
 * Wraps models so that together they make at most `callsMax` calls per day of the service's clock, and begin none after they
 * used `tokensMax` tokens (0 = no limit; calls under way may go beyond it). Beyond either a call fails at once as
 * `rate_limited`, and says when there are calls again; nothing is lost, the work waits.
 */
export function dailyBudget(
  now: () => Date,
  callsMax: number,
  tokensMax: number = 0,
): (model: ChatModel) => ChatModel {
  let day = '';
  let [calls, tokens] = [0, 0];

  /** What is used up, or undefined. */
  function spent(): string | undefined {
    const today = now().toISOString().slice(0, 10);
    if (today !== day) [day, calls, tokens] = [today, 0, 0];
    calls += 1;
    if (calls > callsMax) return `${callsMax} model calls`;
    return tokensMax > 0 && tokens >= tokensMax ? `${tokensMax} tokens` : undefined;
  }

  return (model) => ({
    name: model.name,
    async complete<T>(request: ChatRequest<T>): Promise<ChatResult<T>> {
      const what = spent();
      if (what !== undefined) {
        const message = `the budget of ${what} for ${day} is used up; there are new ones tomorrow (UTC)`;
        return { ok: false, failure: 'rate_limited', message, usage: NO_USAGE };
      }
      const began = day;
      const result = await model.complete(request);
      if (began === day) tokens += result.usage.inputTokens + result.usage.outputTokens;
      return result;
    },
  });
}
