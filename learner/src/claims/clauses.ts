/** What a clause is there for: what the rule says, when it applies, or why. */
export type ClausePart = 'claim' | 'scope' | 'reason';

export interface Clause {
  readonly text: string;
  readonly part: ClausePart;
}

const REASON = /^(?:because|since|as (?:it|they|the|this|that|we|we're)\b|so that|otherwise)/;
const SCOPE = /^(?:if|when|whenever|where|unless|in case)\b/;
/** "For hotels in Asia, …" says when, as a clause does. */
const OPENING = /^(?:for|in|on|after|at|during|before|within|under|with)\b/;
/** "After a 429 response wait …": a comma is missing. */
const UNPARTED_OPENING =
  /^((?:after|during|on|in) (?:an? |the )?\S+ \S+) (?=(?:wait|use|send|call|retry|ask|do|never|give|put|take|write|report|show)\b)/;
const BREAK =
  /(?<=[.;!?])\s+|\s*[,:—–]\s+|\s+(?=(?:because|since|so that|otherwise|if|when|whenever|while|where|unless|in case|but|even|instead of|rather than)\b)|\s+(?=as (?:it|they|the|this|that|we)\b[^.;]* (?:is|are|has|have|was|were|does|do)\b)|\s+and (?=(?:do not|never|not)\b)/;

/** The clauses of a rule in the grammar "when …, do … because …", or any part of it. `plain`: lower case. */
export function clausesOf(plain: string): readonly Clause[] {
  const texts = plain.replace(UNPARTED_OPENING, '$1, ').split(BREAK);
  let isReason = false;
  let isFirst = true;
  return texts.map((text, index) => {
    // "Because X, do Y" says why up to its comma, "do Y because X" to the end of the sentence.
    const opensWithReason = isFirst && REASON.test(text);
    isReason ||= !isFirst && REASON.test(text);
    isFirst = /[.;!?]$/.test(text);
    const isScope = SCOPE.test(text) || (index === 0 && texts.length > 1 && OPENING.test(text));
    const part = isReason || opensWithReason ? 'reason' : isScope ? 'scope' : 'claim';
    if (isFirst) isReason = false;
    return { text, part };
  });
}
