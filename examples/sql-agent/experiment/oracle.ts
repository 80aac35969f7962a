import { LESSONS } from '../language/lessons.ts';
import { CONVENTIONS, type Beliefs } from '../world/conventions.ts';

/** Every true convention as a line of advice: the most that lessons could give. */
export function oracleAdvice(truth: Beliefs): string {
  return CONVENTIONS.map((convention) => {
    const { when, exact, names } = LESSONS[convention];
    const value = truth[convention];
    return `- when ${when[0]}: ${exact[0].replaceAll('{v}', names[value] ?? value)}`;
  }).join('\n');
}
