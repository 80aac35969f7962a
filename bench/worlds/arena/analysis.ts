import { createLlmAnalyzer } from '../../../learner/src/analyzers/llm-analyzer.ts';
import type { Analyzer } from '../../../learner/src/analyzers/analyzer.ts';
import { NO_USAGE, type ChatModel } from '../../../learner/src/llm/chat-model.ts';
import { proposeLessons, type AnalystMind } from '../analyst/analyst.ts';
import { Dealer, drawDeck } from '../analyst/deck.ts';
import type { World } from './world.ts';

/** What the analyst of a world brings along. */
export function analystOf({ seed, conventions, mind, planted, poison, scenario }: World): AnalystMind {
  const deck = drawDeck(seed, conventions, mind.environment.truth, planted, scenario);
  return {
    seed,
    conventions,
    environment: mind.environment,
    planted,
    poison,
    heldOut: scenario.heldOut,
    swapped: scenario.swapped,
    ...(scenario.rounds === 1 ? { dealer: new Dealer(deck) } : {}),
  };
}

/** The shipped analyzer, asking the simulated model in this process instead of over HTTP. */
export function analyzerOf(world: World): Analyzer {
  const mind = analystOf(world);
  const attempts = new Map<string, number>();
  const model: ChatModel = {
    name: 'simulated',
    complete: (request) => {
      const attempt = attempts.get(request.user) ?? 0;
      attempts.set(request.user, attempt + 1);
      const parsed = request.schema.safeParse({ lessons: proposeLessons(mind, request.user, attempt) });
      return Promise.resolve(
        parsed.success
          ? { ok: true, value: parsed.data, usage: NO_USAGE }
          : { ok: false, failure: 'garbage', message: parsed.error.message, usage: NO_USAGE },
      );
    },
  };
  return createLlmAnalyzer(model);
}
