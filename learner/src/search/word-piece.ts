const PART = /[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}\p{M}]/gu;
/** Longer parts give no tokens. */
const PART_CHARACTERS_MAX = 100;
/** Parts whose tokens are remembered; at the limit the memo starts over. */
const MEMO_PARTS_MAX = 100_000;

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

  /** At most `tokensMax` token ids; the rest of the text is ignored. */
  tokenize(text: string, tokensMax: number): number[] {
    const tokens: number[] = [];
    const folded = text
      .toLowerCase()
      .normalize('NFD')
      .replace(/\p{Mn}/gu, '');
    for (const [part] of folded.matchAll(PART)) {
      for (const token of this.#tokensOf(part)) {
        tokens.push(token);
        if (tokens.length === tokensMax) return tokens;
      }
    }
    return tokens;
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
