import { describe, expect, test } from 'vitest';
import { readShownRuns } from '../../../examples/sql-agent/model/shown-runs.ts';
import { analysisPrompt } from '../../../learner/src/analyzers/analysis-prompt.ts';
import { createRandom } from '../../../learner/src/stats/random.ts';
import { Blocks } from '../arena/blocks.ts';
import { meaningOf } from '../arena/meaning.ts';
import { PLAIN } from '../arena/scenario.ts';
import { trainingRuns } from '../arena/training.ts';
import { drawWorld } from '../arena/world.ts';
import { DOMAINS } from '../domains/all.ts';
import { proposeLessons, type AnalystMind } from './analyst.ts';
import { Dealer, drawDeck } from './deck.ts';
import { diagnose } from './diagnosis.ts';

const QUICK = DOMAINS.filter(({ name }) => name !== 'sql');
const PER_PROMPT = 4;

describe.each(QUICK)('the analyst in $name', (domain) => {
  const world = drawWorld(domain, 'analyst', PLAIN);
  const mind: AnalystMind = {
    seed: world.seed,
    conventions: world.conventions,
    environment: world.mind.environment,
    planted: world.planted,
    poison: world.poison,
    heldOut: true,
    swapped: false,
  };
  const runs = trainingRuns(world, 0, 1, [], new Blocks(() => ''));
  const failures = runs.filter(({ outcomes }) => outcomes[0]?.passed === false);
  const prompts = Array.from({ length: Math.floor(failures.length / PER_PROMPT) }, (_, index) =>
    analysisPrompt(
      {
        signature: 'one',
        failures: failures.slice(index * PER_PROMPT, (index + 1) * PER_PROMPT),
        contrasts: [],
      },
      { rejected: [] },
    ),
  );

  test('sees from the text alone which conventions a run got wrong', () => {
    const found = prompts.flatMap(({ user }) =>
      readShownRuns(user).map((run) => diagnose(run, mind.environment, mind.conventions)),
    );
    const explained = found.filter((diagnosis) => diagnosis !== undefined);
    expect(explained.length).toBeGreaterThan(found.length / 2);
    for (const { wrong } of explained) expect(wrong.length).toBeGreaterThan(0);
  });

  test('quotes verbatim, and is right less than half of the time', () => {
    const meanings = prompts.flatMap(({ user }) =>
      [0, 1, 2, 3].flatMap((attempt) =>
        proposeLessons(mind, user, attempt).map((lesson) => {
          const shown = readShownRuns(user).flatMap((run) => [
            run.outcome,
            ...run.spans.flatMap(({ input, output }) => [input, output]),
          ]);
          for (const { quote } of lesson.evidence)
            expect([quote, shown.some((text) => text.includes(quote))]).toEqual([quote, true]);
          return meaningOf(world, lesson);
        }),
      ),
    );
    const share = (meaning: string): number =>
      meanings.filter((each) => each === meaning).length / meanings.length;
    expect(share('right')).toBeGreaterThan(0.3);
    expect(share('right')).toBeLessThan(0.62);
    for (const meaning of ['false', 'vague', 'poison']) expect(share(meaning)).toBeGreaterThan(0.01);
  });

  test('deals a deck in which every convention is told rightly, each card once', () => {
    const { truth } = mind.environment;
    const deck = drawDeck(world.seed, world.conventions, truth, world.planted, {
      heldOut: true,
      clutter: 0,
    });
    const right = deck.filter(
      ({ content, when }) => meaningOf(world, { content, appliesWhen: when }) === 'right',
    );
    expect(new Set(right.map(({ convention }) => convention)).size).toBe(world.conventions.length);
    expect(right.length).toBeLessThan(deck.length * 0.6);
    const dealer = new Dealer(deck);
    const random = createRandom('deal');
    const deal = (): number =>
      world.conventions.reduce((sum, { name }) => sum + dealer.deal(name, random, 0, deck.length).length, 0);
    expect(deal()).toBe(deck.length);
    expect(deal()).toBe(0);
  });
});
