import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../learner/src/stats/random.ts';
import { createReader, renamed } from '../agent/understanding.ts';
import { DOMAINS } from './all.ts';
import { beliefsAbout, BROAD, NAIVE, sentenceOf, type Beliefs, type Convention } from './convention.ts';
import type { Domain, Environment, Task } from './domain.ts';

/** The limits of rules. */
const CONTENT_CHARACTERS_MAX = 400;
const WHEN_CHARACTERS_MAX = 200;
const HELD_OUT_MIN = 6;
const PATIENCE_MS = 60_000;
/** A query that is narrowed down less may happen to find the same rows. */
const CARELESS_AND_RIGHT_MAX = 0.12;
const SIZES = [20, 40];
const LARGE = [200];

interface Sample {
  readonly environment: Environment;
  readonly sets: readonly (readonly Task[])[];
}

function sample(
  domain: Domain,
  seed: string,
  options: { readonly exempt?: string; readonly together?: boolean; readonly sizes?: readonly number[] } = {},
): Sample {
  const random = createRandom(seed);
  const truth = beliefsAbout(domain.conventions, ({ values }) => values[random.integer(values.length)] ?? '');
  const environment = domain.open(seed, {
    truth,
    exempt: options.exempt ?? '',
    together: options.together ?? false,
  });
  return { environment, sets: environment.drawTasks(random, options.sizes ?? SIZES) };
}

function* forms(
  domain: Domain,
  kind: 'exact' | 'heldOut' | 'broad' | 'vague',
): Generator<[Convention, string, string]> {
  for (const convention of domain.conventions) {
    const values = kind === 'exact' || kind === 'heldOut' ? convention.values : [''];
    for (const when of convention.forms.when) {
      for (const sentence of convention.forms[kind]) {
        for (const value of values) {
          const content = sentenceOf(convention, sentence, value);
          expect(content.length).toBeLessThanOrEqual(CONTENT_CHARACTERS_MAX);
          expect(when.length).toBeLessThanOrEqual(WHEN_CHARACTERS_MAX);
          yield [convention, value, `[1a2b3c4d] when ${when}: ${content}`];
        }
      }
    }
  }
}

describe.each(DOMAINS)('$name', { timeout: PATIENCE_MS }, (domain) => {
  const read = createReader(domain.conventions);
  const stated = (line: string): string[] =>
    read(line).claims.map(({ convention, value }) => `${convention}=${value}`);

  test('an exact lesson, however it is worded, states its value and nothing else', () => {
    for (const kind of ['exact', 'heldOut'] as const) {
      for (const [{ name }, value, line] of forms(domain, kind)) {
        expect([line, stated(line)]).toEqual([line, [`${name}=${value}`]]);
      }
    }
  });

  test('an over-general lesson overshoots, a vague one states nothing and takes attention', () => {
    for (const [{ name }, , line] of forms(domain, 'broad'))
      expect([line, stated(line)]).toEqual([line, [`${name}=${BROAD}`]]);
    for (const [, , line] of forms(domain, 'vague')) {
      expect([line, stated(line)]).toEqual([line, []]);
      expect(read(line).pieces).toBe(1);
    }
  });

  test('no lesson commands anything', () => {
    for (const kind of ['exact', 'heldOut', 'broad', 'vague'] as const) {
      for (const [, , line] of forms(domain, kind)) expect([line, read(line).obeys]).toEqual([line, false]);
    }
  });

  test('every convention has enough forms that were kept apart', () => {
    for (const { forms: own } of domain.conventions) {
      expect(new Set(own.heldOut).size).toBeGreaterThanOrEqual(HELD_OUT_MIN);
      expect(own.heldOut.filter((sentence) => own.exact.includes(sentence))).toEqual([]);
    }
  });

  test('with renamed words nothing is understood', () => {
    const deaf = createReader(domain.conventions, renamed);
    for (const [, , line] of forms(domain, 'exact')) expect(deaf(line).claims).toEqual([]);
  });

  test('equal seeds give equal tasks, sets are disjoint, and every task is understood again', () => {
    const [one, other] = [sample(domain, 'same'), sample(domain, 'same')];
    expect(one.sets).toEqual(other.sets);
    expect(sample(domain, 'another').sets).not.toEqual(one.sets);
    const tasks = one.sets.flat();
    expect(new Set(tasks.map(({ text }) => text)).size).toBe(tasks.length);
    for (const { text, needs } of tasks) {
      expect([text, one.environment.needsOf(text)?.toSorted()]).toEqual([text, needs.toSorted()]);
    }
    expect(one.environment.needsOf('What is the meaning of it all?')).toBeUndefined();
  });

  test('who knows every needed convention succeeds, who reads one in any other way fails', () => {
    const { environment, sets } = sample(domain, 'decided');
    const scoreOf = (text: string, beliefs: Beliefs): number =>
      environment.execute(text, environment.act(text, beliefs) ?? '').score;
    for (const { text, needs } of sets.flat()) {
      const truth = environment.truthFor(text);
      expect([text, scoreOf(text, truth)]).toEqual([text, 1]);
      for (const { name, values } of domain.conventions.filter((each) => needs.includes(each.name))) {
        for (const value of [NAIVE, BROAD, ...values].filter((each) => each !== truth[name])) {
          const score = scoreOf(text, { ...truth, [name]: value });
          expect([text, name, value, score]).toEqual([text, name, value, 0]);
        }
      }
    }
  });

  test('a careless mistake all but always fails', () => {
    const { environment, sets } = sample(domain, 'careless');
    const tasks = sets.flat();
    const passed = tasks.filter(({ text }) => {
      const action = environment.actCarelessly(text, environment.truthFor(text), createRandom(text));
      return environment.execute(text, action ?? '').score > 0;
    });
    expect(passed.length).toBeLessThanOrEqual(tasks.length * CARELESS_AND_RIGHT_MAX);
  });

  test('nonsense is an answer too: a wrong one', () => {
    const { environment, sets } = sample(domain, 'nonsense');
    const task = sets[0]?.[0]?.text ?? '';
    for (const action of ['', '[', '{', 'null', '[{"step":1}]', 'DROP TABLE customers', 'yes'])
      expect(environment.execute(task, action)).toMatchObject({ score: 0 });
  });
});

describe('tasks to which a convention does not apply', () => {
  const domain = DOMAINS.find(({ exemptible }) => exemptible.length > 0);
  const exempt = domain?.exemptible[0] ?? '';

  test('are tagged, and hold by the plain reading', () => {
    if (domain === undefined) throw new Error('no domain has such tasks');
    const { environment, sets } = sample(domain, 'exempt', { exempt, sizes: LARGE });
    const tagged = sets.flat().filter(({ tags, needs }) => tags.includes('legacy') && needs.includes(exempt));
    expect(tagged.length).toBeGreaterThan(0);
    for (const { text } of tagged) {
      expect(environment.truthFor(text)[exempt]).toBe(NAIVE);
      const asElsewhere = environment.act(text, environment.truth) ?? '';
      expect(environment.execute(text, asElsewhere).score).toBe(0);
    }
  });

  test('conventions that belong together are needed together', () => {
    if (domain === undefined) throw new Error('no domain has such tasks');
    const { sets } = sample(domain, 'together', { together: true });
    const [first, second] = domain.conventions
      .map(({ name }) => name)
      .filter((name) => !domain.exemptible.includes(name));
    for (const { needs } of sets.flat())
      expect(needs.includes(first ?? '')).toBe(needs.includes(second ?? ''));
  });
});
