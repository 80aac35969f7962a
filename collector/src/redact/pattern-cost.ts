/** Most steps that a pattern may take at one place of a text, in the worst case. */
export const PATTERN_STEPS_MAX = 1_000;
export const PATTERN_CHARACTERS_MAX = 500;

/** A way through a part of a pattern: how many there are at most, and the steps of trying all of them. */
interface Cost {
  readonly paths: number;
  readonly steps: number;
  /** The part can match the empty text. */
  readonly isEmptyMatch: boolean;
}

const NOTHING: Cost = { paths: 1, steps: 0, isEmptyMatch: true };
const CHARACTER: Cost = { paths: 1, steps: 1, isEmptyMatch: false };

/**
 * Why a regular expression must not search text that anyone may send, or `undefined` when it may: a backtracking search
 * without a bound takes time in the square, or the power, of the length of the text. Counts the worst case as if every
 * part matched everywhere, so it is never too low.
 */
export function patternProblem(source: string): string | undefined {
  if (source.length > PATTERN_CHARACTERS_MAX)
    return `has ${source.length} characters, expected at most ${PATTERN_CHARACTERS_MAX}`;
  const reader = new PatternReader(source);
  const cost = reader.alternatives();
  if (reader.problem !== undefined) return reader.problem;
  if (cost.isEmptyMatch) return 'matches the empty text';
  return cost.steps > PATTERN_STEPS_MAX
    ? `may take ${cost.steps > 1e15 ? 'endless' : cost.steps} steps at one place, expected at most ${PATTERN_STEPS_MAX}: lower the bounds of its repetitions`
    : undefined;
}

/** Reads a pattern that `RegExp` has accepted. */
class PatternReader {
  readonly #source: string;
  #at = 0;
  problem: string | undefined;

  constructor(source: string) {
    this.#source = source;
  }

  alternatives(): Cost {
    let cost = this.#sequence();
    while (this.#source[this.#at] === '|') {
      this.#at += 1;
      const other = this.#sequence();
      cost = {
        paths: cost.paths + other.paths,
        steps: cost.steps + other.steps,
        isEmptyMatch: cost.isEmptyMatch || other.isEmptyMatch,
      };
    }
    return cost;
  }

  #sequence(): Cost {
    let cost = NOTHING;
    while (this.#at < this.#source.length && !/[|)]/.test(this.#source[this.#at] ?? ''))
      cost = after(cost, this.#repeated(this.#part()));
    return cost;
  }

  #part(): Cost {
    const character = this.#source[this.#at] ?? '';
    this.#at += 1;
    if (character === '^' || character === '$') return NOTHING;
    if (character === '[') return this.#characterClass();
    if (character === '(') return this.#group();
    if (character !== '\\') return CHARACTER;
    const escaped = this.#source[this.#at] ?? '';
    this.#at += 1;
    if (/[1-9k]/.test(escaped)) this.problem ??= `has a backreference (\\${escaped}): write the part out`;
    const rest = /[puxc]/.test(escaped) ? /^(?:\{[^}]*\}|[0-9A-Fa-f]{2,4}|[A-Za-z])/ : undefined;
    this.#at += rest?.exec(this.#source.slice(this.#at))?.[0].length ?? 0;
    return /[bB]/.test(escaped) ? NOTHING : CHARACTER;
  }

  #characterClass(): Cost {
    while (this.#at < this.#source.length && this.#source[this.#at] !== ']')
      this.#at += this.#source[this.#at] === '\\' ? 2 : 1;
    this.#at += 1;
    return CHARACTER;
  }

  #group(): Cost {
    const kind = /^\?(?:<?[=!]|:|<[^>]*>|[a-z-]*:)/.exec(this.#source.slice(this.#at))?.[0] ?? '';
    this.#at += kind.length;
    const cost = this.alternatives();
    this.#at += 1;
    // What looks around matches no text of its own and is tried once.
    return /[=!]$/.test(kind) ? { paths: 1, steps: cost.steps, isEmptyMatch: true } : cost;
  }

  #repeated(part: Cost): Cost {
    const quantifier = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.#source.slice(this.#at));
    if (quantifier === null) return part;
    this.#at += quantifier[0].length;
    const [text, from, comma, to] = quantifier;
    if (text.startsWith('?')) return alternativeTo(part);
    if (from === undefined || (comma === ',' && to === '')) {
      this.problem ??= `repeats without a bound (${text}): write {${from ?? (text.startsWith('+') ? 1 : 0)},100}`;
      return part;
    }
    return times(part, Number(from), to === '' || to === undefined ? Number(from) : Number(to));
  }
}

function after(first: Cost, second: Cost): Cost {
  return {
    paths: first.paths * second.paths,
    steps: first.steps + first.paths * second.steps,
    isEmptyMatch: first.isEmptyMatch && second.isEmptyMatch,
  };
}

function alternativeTo(part: Cost): Cost {
  return { paths: part.paths + 1, steps: part.steps, isEmptyMatch: true };
}

function times(part: Cost, min: number, max: number): Cost {
  let paths = min === 0 ? 1 : 0;
  let steps = 0;
  let ways = 1;
  for (let count = 1; count <= max && steps <= PATTERN_STEPS_MAX; count += 1) {
    steps += ways * part.steps;
    ways *= part.paths;
    if (count >= min) paths += ways;
  }
  return { paths, steps, isEmptyMatch: min === 0 || part.isEmptyMatch };
}
