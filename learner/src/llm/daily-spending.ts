import { priceOf } from '@tracelore/collector/store';
import { NO_USAGE, type ChatModel, type ChatRequest, type ChatResult } from './chat-model.ts';

/** What models cost so far, USD. */
export interface Spending {
  /** Wraps a model so that what it costs counts, and its calls end when the day's money is spent. */
  watch(model: ChatModel): ChatModel;
  /** Of this process. `null` = a call's price is not known. */
  total(): number | null;
}

/** A call is not begun when less than this is left, USD: about what one analysis costs. */
const CALL_USD = 0.05;

/**
 * Money that models may cost per day (UTC) and process. A call that would begin with less than {@link CALL_USD} left fails as
 * `rate_limited`, and the work waits. A model whose price the list does not have is refused where there is a limit: it
 * could not be kept.
 *
 * @param usdPerDay absent = no limit, only counted
 */
export function dailySpending(now: () => Date, usdPerDay?: number): Spending {
  let day = '';
  let today = 0;
  /** Calls that run: each may still cost. */
  let running = 0;
  let total: number | null = 0;

  function refusal(model: string): { failure: 'rate_limited' | 'refused'; message: string } | undefined {
    if (usdPerDay === undefined) return undefined;
    const present = now().toISOString().slice(0, 10);
    if (present !== day) [day, today] = [present, 0];
    if (priceOf(model, { inputTokens: 1, outputTokens: 1 }, now().getTime()) === null) {
      const message = `the price of ${model} is not known, so a budget in USD cannot be kept: limit the number of calls instead (modelCallsPerDay)`;
      return { failure: 'refused', message };
    }
    if (today + (running + 1) * CALL_USD <= usdPerDay) return undefined;
    const message = `the budget of ${usdPerDay} USD for ${day} is used up; there is a new one tomorrow (UTC)`;
    return { failure: 'rate_limited', message };
  }

  return {
    total: () => total,
    watch: (model) => ({
      name: model.name,
      async complete<T>(request: ChatRequest<T>): Promise<ChatResult<T>> {
        const refused = refusal(model.name);
        if (refused !== undefined) return { ok: false, ...refused, usage: NO_USAGE };
        running += 1;
        const result = await model.complete(request).finally(() => (running -= 1));
        const cost = priceOf(model.name, result.usage, now().getTime());
        today += cost ?? 0;
        total = cost === null || total === null ? null : total + cost;
        return result;
      },
    }),
  };
}
