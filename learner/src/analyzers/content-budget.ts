/** Stands where the middle of a long content was left out. */
function mark(characters: number): string {
  return ` …[${characters} characters cut]… `;
}

/** Share of the kept characters that come from the start. Errors and results tend to stand at the end. */
const HEAD_SHARE = 0.6;

/** A text of about `charactersMax`, cut in the middle with a mark when it was longer. */
export function cutMiddle(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const head = Math.floor(charactersMax * HEAD_SHARE);
  const tail = charactersMax - head;
  return text.slice(0, head) + mark(text.length - charactersMax) + text.slice(text.length - tail);
}
