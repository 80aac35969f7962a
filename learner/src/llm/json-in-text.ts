/**
 * The first JSON object in a model's answer: the whole text, the inside of a code fence, or the first balanced `{…}`.
 * `undefined` when there is none. Models without structured output like to talk around their JSON.
 */
export function jsonInText(text: string): unknown {
  const trimmed = text.trim();
  const whole = parse(trimmed);
  if (whole !== undefined) return whole;
  const start = trimmed.indexOf('{');
  const end = start < 0 ? -1 : balancedEnd(trimmed, start);
  return end < 0 ? undefined : parse(trimmed.slice(start, end));
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Index after the brace that closes the one at `start`, or -1. Braces inside strings do not count. */
function balancedEnd(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth += 1;
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  return -1;
}
