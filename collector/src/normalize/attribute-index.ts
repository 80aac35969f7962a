import { sourceOf, type CanonicalField, type Source } from './canonical-fields.ts';
import type { Dialect } from './dialect.ts';
import { DIALECTS } from './dialects/index.ts';

/** What the name of an attribute tells. */
export interface NameMeaning {
  /** Fields it may fill; several when dialects use the same name for themselves. */
  readonly sources: readonly Source[];
  /** Part of a flattened list: which one, and the path below it. */
  readonly flattened?: { readonly source: Source; readonly path: string };
  /** Bit of the dialect to which names with this beginning belong; 0 for none. */
  readonly dialect: number;
}

/** Names remembered; senders use a few hundred. When it is full it starts afresh. */
const NAMES_KNOWN_MAX = 20_000;

/** A set of dialects is a number with a bit for each: at most 31. */
const BITS = new Map(DIALECTS.map((dialect, position) => [dialect, 2 ** position]));

/** Bit of a dialect in {@link DIALECTS}. */
export function bitOf(dialect: Dialect): number {
  return BITS.get(dialect) ?? 0;
}

const SOURCES = new Map<string, Source[]>();
const FLATTENED: { readonly prefix: string; readonly source: Source }[] = [];
for (const [position, dialect] of DIALECTS.entries()) {
  for (const [field, names] of entriesOf(dialect.sources)) {
    for (const [index, name] of names.entries()) {
      const source = sourceOf(field, position * 100 + index, dialect.sourcesAreLocal ? bitOf(dialect) : 0);
      if (name.endsWith('.*')) FLATTENED.push({ prefix: name.slice(0, -1), source });
      else SOURCES.set(name, [...(SOURCES.get(name) ?? []), source]);
    }
  }
}

/** Vendor prefixes before those of the conventions: a vendor's span may carry both. */
const PREFIXES = DIALECTS.flatMap((dialect) =>
  dialect.prefixes.map((prefix) => ({ prefix, dialect: bitOf(dialect) })),
).sort((a, b) => b.prefix.length - a.prefix.length);

const known = new Map<string, NameMeaning>();

export function meaningOf(name: string): NameMeaning {
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const sources = SOURCES.get(name) ?? [];
  const list = sources.length === 0 ? FLATTENED.find(({ prefix }) => name.startsWith(prefix)) : undefined;
  const dialect = PREFIXES.find(({ prefix }) => name.startsWith(prefix))?.dialect ?? 0;
  const meaning: NameMeaning = {
    sources,
    ...(list === undefined
      ? {}
      : { flattened: { source: list.source, path: name.slice(list.prefix.length) } }),
    dialect,
  };
  if (known.size >= NAMES_KNOWN_MAX) known.clear();
  known.set(name, meaning);
  return meaning;
}

function entriesOf(sources: Dialect['sources']): [CanonicalField, readonly string[]][] {
  return Object.entries(sources) as [CanonicalField, readonly string[]][];
}

const scopes = new Map<string, Dialect | null>();

/** The dialect to which a scope belongs, by the beginning of its name up to a word's end. */
export function dialectOfScope(scopeName: string): Dialect | undefined {
  const remembered = scopes.get(scopeName);
  if (remembered !== undefined) return remembered ?? undefined;
  const dialect = DIALECTS.find((candidate) =>
    candidate.scopes.some((scope) => beginsWith(scopeName, scope)),
  );
  if (scopes.size >= NAMES_KNOWN_MAX) scopes.clear();
  scopes.set(scopeName, dialect ?? null);
  return dialect;
}

const WORD = /[A-Za-z0-9]/;

function beginsWith(name: string, start: string): boolean {
  if (!name.startsWith(start)) return false;
  return (
    name.length === start.length || !(WORD.test(start.at(-1) ?? '') && WORD.test(name[start.length] ?? ''))
  );
}
