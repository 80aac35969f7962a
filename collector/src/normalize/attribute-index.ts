import type { Source, CanonicalField } from './canonical-fields.ts';
import type { Dialect } from './dialect.ts';
import { DIALECTS } from './dialects/index.ts';

/** What the name of an attribute tells. */
export interface NameMeaning {
  /** Fields it may fill; several when dialects use the same name for themselves. */
  readonly sources: readonly Source[];
  /** Part of a flattened list: which one, and the path below it. */
  readonly flattened?: { readonly source: Source; readonly path: string };
  /** Dialect to which names with this beginning belong. */
  readonly dialect?: Dialect;
}

/** Names remembered; senders use a few hundred. When it is full it starts afresh. */
const NAMES_KNOWN_MAX = 20_000;

const SOURCES = new Map<string, Source[]>();
const FLATTENED: { readonly prefix: string; readonly source: Source }[] = [];
for (const [position, dialect] of DIALECTS.entries()) {
  for (const [field, names] of entriesOf(dialect.sources)) {
    for (const [index, name] of names.entries()) {
      const source: Source = {
        field,
        rank: position * 100 + index,
        ...(dialect.sourcesAreLocal ? { only: dialect } : {}),
      };
      if (name.endsWith('.*')) FLATTENED.push({ prefix: name.slice(0, -1), source });
      else SOURCES.set(name, [...(SOURCES.get(name) ?? []), source]);
    }
  }
}

/** Vendor prefixes before those of the conventions: a vendor's span may carry both. */
const PREFIXES = DIALECTS.flatMap((dialect) => dialect.prefixes.map((prefix) => ({ prefix, dialect }))).sort(
  (a, b) => b.prefix.length - a.prefix.length,
);

const known = new Map<string, NameMeaning>();

export function meaningOf(name: string): NameMeaning {
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const sources = SOURCES.get(name) ?? [];
  const list = sources.length === 0 ? FLATTENED.find(({ prefix }) => name.startsWith(prefix)) : undefined;
  const dialect = PREFIXES.find(({ prefix }) => name.startsWith(prefix))?.dialect;
  const meaning: NameMeaning = {
    sources,
    ...(list === undefined
      ? {}
      : { flattened: { source: list.source, path: name.slice(list.prefix.length) } }),
    ...(dialect === undefined ? {} : { dialect }),
  };
  if (known.size >= NAMES_KNOWN_MAX) known.clear();
  known.set(name, meaning);
  return meaning;
}

function entriesOf(sources: Dialect['sources']): [CanonicalField, readonly string[]][] {
  return Object.entries(sources) as [CanonicalField, readonly string[]][];
}

const scopes = new Map<string, Dialect | undefined>();

/** The dialect to which a scope belongs, by the beginning of its name up to a word's end. */
export function dialectOfScope(scopeName: string): Dialect | undefined {
  if (scopes.has(scopeName)) return scopes.get(scopeName);
  const dialect = DIALECTS.find((candidate) =>
    candidate.scopes.some((scope) => beginsWith(scopeName, scope)),
  );
  if (scopes.size >= NAMES_KNOWN_MAX) scopes.clear();
  scopes.set(scopeName, dialect);
  return dialect;
}

const WORD = /[A-Za-z0-9]/;

function beginsWith(name: string, start: string): boolean {
  if (!name.startsWith(start)) return false;
  return (
    name.length === start.length || !(WORD.test(start.at(-1) ?? '') && WORD.test(name[start.length] ?? ''))
  );
}
