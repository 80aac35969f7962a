const PART = /[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}\p{M}]/gu;
const WORD_OR_NUMBER = /^[\p{L}\p{N}]/u;
/** Longer parts give no tokens. */
const PART_CHARACTERS_MAX = 100;
/** Parts whose tokens are remembered; at the limit the memo starts over. */
const MEMO_PARTS_MAX = 100_000;

/** A text as tokens. */
export interface Tokens {
  readonly ids: readonly number[];
  /** Known words and numbers as a share of those and of everything unknown, in [0, 1]. */
  readonly knownShare: number;
}

/**
 * Tokenizer of the static table: lower case, accents removed, greedy longest match from the left against an uncased BERT
 * vocabulary (`##` continues a word). A part that cannot be matched whole is left out; no special tokens are added.
 */
export class WordPiece {
  readonly #ids: ReadonlyMap<string, number>;
  readonly #memo = new Map<string, readonly number[]>();

  /** `vocabulary`: one token per line, the line number from 0 is the token's id. */
  constructor(vocabulary: string) {
    this.#ids = new Map(vocabulary.split('\n').map((token, id) => [token, id]));
  }

  /** The first `tokensMax` tokens; the rest of the text is ignored. */
  tokenize(text: string, tokensMax: number): Tokens {
    const ids: number[] = [];
    let known = 0;
    let unknown = 0;
    for (const part of partsOf(text)) {
      const tokens = this.#tokensOf(part);
      if (tokens.length === 0) unknown += 1;
      else if (WORD_OR_NUMBER.test(part)) known += 1;
      ids.push(...tokens);
      if (ids.length >= tokensMax) break;
    }
    return { ids: ids.slice(0, tokensMax), knownShare: known === 0 ? 0 : known / (known + unknown) };
  }

  #tokensOf(part: string): readonly number[] {
    const known = this.#memo.get(part);
    if (known !== undefined) return known;
    const tokens = this.#match(part);
    if (this.#memo.size >= MEMO_PARTS_MAX) this.#memo.clear();
    this.#memo.set(part, tokens);
    return tokens;
  }

  #match(part: string): readonly number[] {
    if (part.length > PART_CHARACTERS_MAX) return [];
    const tokens: number[] = [];
    let start = 0;
    while (start < part.length) {
      const prefix = start === 0 ? '' : '##';
      let end = part.length;
      let id = this.#ids.get(prefix + part.slice(start, end));
      while (id === undefined && --end > start) id = this.#ids.get(prefix + part.slice(start, end));
      if (id === undefined) return [];
      tokens.push(id);
      start = end;
    }
    return tokens;
  }
}

/** Runs of letters, digits and marks, and every other character alone. */
function partsOf(text: string): readonly string[] {
  const folded = text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '');
  return folded.match(PART) ?? [];
}
