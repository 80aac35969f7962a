import type { Random } from '../../../learner/src/stats/random.ts';
import { LEGACY } from './domain.ts';

type Slots = Readonly<Record<string, readonly string[]>>;

/** A kind of request: its wordings with `{slot}`s, and the convention it depends on, '' = none. */
export interface Kind {
  readonly name: string;
  readonly need: string;
  readonly phrasings: readonly string[];
  readonly slots: Slots;
}

/** Something that may be added to any request, with a convention of its own. */
export interface Modifier {
  readonly name: string;
  readonly need: string;
  readonly phrase: string;
  readonly slots: Slots;
}

export interface Grammar {
  readonly kinds: readonly Kind[];
  /** In the order in which they are said. */
  readonly modifiers: readonly Modifier[];
}

/** What a task asks, whoever words it. */
export interface Request {
  readonly kind: string;
  readonly slots: Readonly<Record<string, string>>;
  readonly modifiers: readonly string[];
}

/** Said of anything; what it changes is the world's secret. */
const LEGACY_MODIFIER: Modifier = { name: LEGACY, need: '', phrase: ' (legacy contract)', slots: {} };
const SLOT = /\{(\w+)\}/g;

/** Writes and reads requests of one grammar. */
export class Requests {
  readonly kinds: readonly Kind[];
  readonly modifiers: readonly Modifier[];
  readonly #patterns: readonly { readonly kind: Kind; readonly pattern: RegExp }[];
  readonly #read = new Map<string, Request | undefined>();

  constructor({ kinds, modifiers }: Grammar) {
    this.kinds = kinds;
    this.modifiers = [...modifiers, LEGACY_MODIFIER];
    const added = this.modifiers.map(({ name, phrase }) => `(?<m_${name}>${patternOf(phrase)})?`).join('');
    this.#patterns = kinds.flatMap((kind) =>
      kind.phrasings.map((phrasing) => ({
        kind,
        pattern: new RegExp(`^${patternOf(phrasing)}${added}\\.$`),
      })),
    );
  }

  kindNamed(name: string): Kind {
    const found = this.kinds.find((kind) => kind.name === name);
    if (found === undefined) throw new Error(`no kind of request is named ${name}`);
    return found;
  }

  draw(kind: Kind, modifiers: readonly string[], random: Random): Request {
    const parts = [kind, ...this.modifiers.filter(({ name }) => modifiers.includes(name))];
    const slots = parts.flatMap((part) =>
      Object.entries(part.slots).map(([slot, values]): [string, string] => [
        slot,
        values[random.integer(values.length)] ?? '',
      ]),
    );
    return { kind: kind.name, slots: Object.fromEntries(slots), modifiers };
  }

  worded({ kind, slots, modifiers }: Request, random: Random): string {
    const { phrasings } = this.kindNamed(kind);
    const phrases = this.modifiers.filter(({ name }) => modifiers.includes(name)).map(({ phrase }) => phrase);
    const text = `${phrasings[random.integer(phrasings.length)]}${phrases.join('')}.`;
    return text.replaceAll(SLOT, (_, slot: string) => slots[slot] ?? '');
  }

  /** Understands a request again; `undefined` for anything that is none. */
  read(text: string): Request | undefined {
    if (this.#read.has(text)) return this.#read.get(text);
    const request = this.#parse(text);
    this.#read.set(text, request);
    return request;
  }

  needsOf({ kind, modifiers }: Request): readonly string[] {
    const added = this.modifiers.filter(({ name }) => modifiers.includes(name));
    return [this.kindNamed(kind), ...added].map(({ need }) => need).filter((need) => need !== '');
  }

  /** The request with one detail misread. */
  misread(request: Request, random: Random): Request {
    const [slot, values] = random.shuffle(Object.entries(this.kindNamed(request.kind).slots))[0] ?? ['', []];
    const others = values.filter((value) => value !== request.slots[slot]);
    return { ...request, slots: { ...request.slots, [slot]: others[random.integer(others.length)] ?? '' } };
  }

  #parse(text: string): Request | undefined {
    for (const { kind, pattern } of this.#patterns) {
      const groups = pattern.exec(text)?.groups;
      if (groups === undefined) continue;
      const given = Object.entries(groups).filter(([, value]) => value !== undefined);
      return {
        kind: kind.name,
        slots: Object.fromEntries(given.filter(([name]) => !name.startsWith('m_'))),
        modifiers: given.filter(([name]) => name.startsWith('m_')).map(([name]) => name.slice(2)),
      };
    }
    return undefined;
  }
}

function patternOf(phrase: string): string {
  const literal = phrase.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`);
  return literal.replaceAll(SLOT, String.raw`(?<$1>[\w-]+)`);
}

/** Numbers as texts, evenly spread. */
export function numbers(from: number, count: number, step: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(from + index * step));
}
