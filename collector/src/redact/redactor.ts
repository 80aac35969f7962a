import { INVALID_UTF8_SUFFIX } from '../decode/protobuf-values.ts';
import type { Attributes, AttributeValue } from '../records.ts';
import { redactCards } from './card-numbers.ts';
import { NAMED_RULE, NamedValues } from './named-values.ts';
import { mayHoldUrlSecret, redactEmails, redactPrivateKeys, redactUrls } from './other-secrets.ts';
import { MARK_BEGINNING, markOf, type Found } from './redaction.ts';
import { withoutEscapes } from './json-escapes.ts';
import type { RedactionOptions, RedactionRule } from './redaction-options.ts';
import { redactWords } from './secret-words.ts';
import { mapped } from './mapped.ts';
import { isSensitiveName } from './sensitive-names.ts';
import { suspectRuns, WORD_TRIPLES } from './suspect-runs.ts';
import { NAME, SECRET, TextSigns, URL } from './text-signs.ts';
import { ValueNames } from './value-places.ts';

/** Attribute names remembered; senders use a few hundred. When it is full it starts afresh. */
const NAMES_KNOWN_MAX = 20_000;

interface Name {
  readonly clean: string;
  readonly isSensitive: boolean;
  /** The short value that came under it last with nothing to replace: most come again and again. */
  lastClean: AttributeValue;
}

/** Smallest integer that could be a card number. */
const CARD_MIN = 10n ** 13n;

/**
 * Replaces secrets by marks before anything is interpreted or stored. Returns the same object when there was nothing to
 * replace. What has no recognisable shape and no telling name stays. Counts by rule.
 */
export class Redactor {
  readonly counts: Map<string, number> = new Map();
  readonly #secrets: boolean;
  readonly #cards: boolean;
  readonly #emails: boolean;
  readonly #names: ReadonlySet<string>;
  readonly #valueNames: ValueNames;
  readonly #namedValues: NamedValues;
  readonly #signs: TextSigns;
  readonly #rules: readonly { readonly name: string; readonly pattern: RegExp }[];
  readonly #known = new Map<string, Name>();
  readonly #found: Found = (rule) => {
    this.counts.set(rule, (this.counts.get(rule) ?? 0) + 1);
  };

  /** Expects options without {@link redactionProblems}. */
  constructor(options: RedactionOptions) {
    this.#secrets = options.secrets ?? true;
    this.#cards = options.cards ?? true;
    this.#emails = options.emails ?? false;
    this.#names = new Set((options.names ?? []).map((name) => name.toLowerCase()));
    this.#valueNames = new ValueNames(options.names ?? []);
    this.#namedValues = new NamedValues(this.#valueNames.ending);
    this.#signs = new TextSigns(WORD_TRIPLES, this.#valueNames.tails);
    this.#rules = (options.rules ?? []).map(globalRule);
  }

  text(text: string): string {
    if (text === '' || this.#isClean(text)) return text;
    const readable = withoutEscapes(text);
    const clean = this.#clean(readable);
    return clean === readable ? text : clean;
  }

  /** What most texts are, at a glance. */
  #isClean(text: string): boolean {
    if (this.#rules.length > 0 || (this.#emails && text.includes('@'))) return false;
    if (text.length < SECRET_CHARACTERS_MIN && !JOIN.test(text)) return true;
    const signs = this.#signs.in(text);
    if (signs === 0) return true;
    return (
      (signs & SECRET) === 0 &&
      ((signs & URL) === 0 || !mayHoldUrlSecret(text)) &&
      ((signs & NAME) === 0 || !this.#valueNames.isIn(text))
    );
  }

  #clean(text: string): string {
    let clean = text;
    if (this.#secrets) clean = this.#withoutSecrets(text);
    if (this.#cards) clean = redactCards(clean, this.#found);
    if (this.#emails) clean = redactEmails(clean, this.#found);
    for (const { name, pattern } of this.#rules)
      clean = clean.replace(pattern, () => {
        this.#found(name);
        return markOf(name);
      });
    return clean;
  }

  #withoutSecrets(text: string): string {
    const located = redactUrls(redactPrivateKeys(text, this.#found), this.#found);
    const runs = suspectRuns(located);
    const named = this.#namedValues.redact(located, this.#valueNames.placesIn(located, runs), this.#found);
    return redactWords(named, named === located ? runs : suspectRuns(named), this.#found);
  }

  attributes(attributes: Attributes): Attributes {
    let changed: Map<string, AttributeValue> | undefined;
    for (const [key, value] of attributes) {
      const name = this.#nameOf(key);
      const isKnown = value === name.lastClean;
      const clean = isKnown ? value : name.isSensitive ? this.#hidden(value) : this.value(value);
      if (clean === value && name.clean === key) {
        if (!isKnown && isShort(value)) name.lastClean = value;
        continue;
      }
      changed ??= new Map(attributes);
      if (name.clean !== key) changed.delete(key);
      changed.set(name.clean, clean);
    }
    return changed ?? attributes;
  }

  texts(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const clean = this.attributes(texts);
    return clean === texts ? texts : new Map([...clean].filter(isText));
  }

  value(value: AttributeValue): AttributeValue {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'bigint') return value < CARD_MIN ? value : this.#number(value);
    if (typeof value === 'number')
      return Number.isSafeInteger(value) && value >= 1e13 ? this.#number(value) : value;
    if (value === null || typeof value !== 'object') return value;
    if (value instanceof Uint8Array) return this.#bytes(value);
    if (isList(value)) return mapped(value, (member) => this.value(member));
    const members = new Map(Object.entries(value));
    const clean = this.attributes(members);
    return clean === members ? value : Object.fromEntries(clean);
  }

  #number(value: bigint | number): AttributeValue {
    const text = String(value);
    const clean = this.text(text);
    return clean === text ? value : clean;
  }

  /** Bytes as Latin-1, which loses nothing. */
  #bytes(value: Uint8Array): Uint8Array {
    const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
    const clean = this.text(text);
    return clean === text ? value : new Uint8Array(Buffer.from(clean, 'latin1'));
  }

  /** The value of a sensitive name: texts, numbers and lists of them are replaced, maps (a schema) are looked into. */
  #hidden(value: AttributeValue): AttributeValue {
    if (value === null || typeof value === 'boolean' || value === '') return value;
    if (typeof value === 'string' && value.startsWith(MARK_BEGINNING)) return value;
    if (typeof value === 'object' && !(value instanceof Uint8Array))
      return isList(value) ? mapped(value, (member) => this.#hidden(member)) : this.value(value);
    this.#found(NAMED_RULE);
    return markOf(NAMED_RULE);
  }

  #nameOf(key: string): Name {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    // The bytes of a text that was not valid UTF-8 stand beside it.
    const plain = key.endsWith(INVALID_UTF8_SUFFIX) ? key.slice(0, -INVALID_UTF8_SUFFIX.length) : key;
    const name: Name = {
      clean: this.text(key),
      isSensitive: (this.#secrets && isSensitiveName(plain)) || this.#names.has(plain.toLowerCase()),
      lastClean: '',
    };
    // A name that holds a secret is not kept, and counts each time.
    if (name.clean !== key) return name;
    if (this.#known.size >= NAMES_KNOWN_MAX) this.#known.clear();
    this.#known.set(key, name);
    return name;
  }
}

/** Most values are short: names, models, ids. They are compared with the one before. */
const SHORT_CHARACTERS_MAX = 64;

/** Shortest secret by itself: a card number. */
const SECRET_CHARACTERS_MIN = 14;
/** What shorter ones have, or any written with escapes. */
const JOIN = /[:=\\]/;

function isShort(value: AttributeValue): boolean {
  return typeof value === 'string' && value.length <= SHORT_CHARACTERS_MAX;
}

function globalRule({ name, pattern }: RedactionRule): RedactionRule {
  return { name, pattern: new RegExp(pattern.source, `g${pattern.flags.replace('g', '')}`) };
}

/** Holds for all: what was a text is one after it was redacted. */
function isText(entry: readonly [string, AttributeValue]): entry is [string, string] {
  return typeof entry[1] === 'string';
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}
