/** Words in a row that are compared when looking for echoes of a rule. */
const ECHO_WORDS = 5;
/** A text that shares more than this part of its word sequences with a served rule is an echo of it. */
const ECHO_SHARE_MAX = 0.6;

/**
 * Blocks of injected text in either format, from the opening to the closing fence. Recorded content is often JSON, where
 * a line break is two characters: nothing here depends on line breaks.
 */
const BLOCKS: readonly RegExp[] = [
  /<tracelore-(core|relevant) ([0-9a-f]{8})>[\s\S]*?<\/tracelore-\1 \2>/g,
  /=== (?:CORE RULES|RELEVANT KNOWLEDGE|LEARNED KNOWLEDGE|AVAILABLE KNOWLEDGE)[^=]{0,80}===[\s\S]*?=== END (?:CORE RULES|RELEVANT KNOWLEDGE|LEARNED KNOWLEDGE|KNOWLEDGE INDEX) ===/g,
];
const PLACE = '[knowledge block]';

/** Recorded content without the rules that Tracelore itself put into it: nothing is learned from our own text. */
export function stripOwnKnowledge(text: string): string {
  return BLOCKS.reduce((rest, block) => rest.replaceAll(block, PLACE), text);
}

/** The injected blocks inside a recorded content. */
export function ownKnowledgeIn(text: string): string[] {
  return BLOCKS.flatMap((block) => text.match(block) ?? []);
}

/** Whether a text mostly repeats a rule in force, also outside a block: the agent quoting what it was told. */
export function overlapsRules(text: string, rules: readonly string[]): boolean {
  const sequences = wordSequences(text);
  if (sequences.length === 0) return false;
  return rules.some((rule) => {
    const known = new Set(wordSequences(rule));
    return sequences.filter((sequence) => known.has(sequence)).length / sequences.length > ECHO_SHARE_MAX;
  });
}

function wordSequences(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  const sequences: string[] = [];
  for (let index = 0; index + ECHO_WORDS <= words.length; index += 1) {
    sequences.push(words.slice(index, index + ECHO_WORDS).join(' '));
  }
  return sequences;
}
