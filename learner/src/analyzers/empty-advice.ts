/** Advice that fits everything helps with nothing. */
const EMPTY_PHRASES: readonly RegExp[] = [
  /\bbe (?:more |very |extra )?(?:careful|cautious|precise|thorough|diligent|mindful)\b/i,
  /\bdouble[- ]check\b|\bre-?check\b|\bcheck (?:your|the) (?:work|answer|result|output)s?\b/i,
  /\bno (?:change|action|fix|lesson)s? (?:is |are )?(?:needed|required|necessary)\b/i,
  /\b(?:think|reason) (?:carefully|step by step|harder)\b/i,
  /\b(?:pay|give) (?:close |more |careful )?attention\b/i,
  /\bmake sure (?:that )?(?:the |your )?(?:answer|result|output|query)s? (?:is|are) (?:correct|right|accurate|valid|complete)\b/i,
  /\b(?:verify|validate|review|test) (?:the |your |all )?(?:answer|result|output|query|queries|work|assumption)s?\b/i,
  /\b(?:follow|use|apply) (?:the )?best practices?\b/i,
  /\bunderstand (?:the )?(?:question|task|request|schema|data|requirements?)\b/i,
  /\btry (?:again|harder)\b|\bdo (?:it )?better\b|\bavoid (?:mistakes|errors)\b/i,
];

/** Quoted text, a number, an identifier, an operator: something that only this agent's world has. */
const SPECIFIC = /["'`][^"'`]+["'`]|\d|\w_\w|\w\.\w|\b[A-Z]{2,}\b|[a-z][A-Z]|[=<>]/;

/** Whether a lesson says nothing that the agent could act on: a stock phrase and no concrete name, value or number. */
export function isEmptyAdvice(content: string): boolean {
  return EMPTY_PHRASES.some((phrase) => phrase.test(content)) && !SPECIFIC.test(content);
}
