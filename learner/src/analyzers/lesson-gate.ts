import { grammarProblems } from '../knowledge/grammar.ts';
import type { Evidence, QuoteAuthor, Rule, RuleText } from '../knowledge/rule.ts';
import type { Lesson } from './analyzer.ts';
import { Pace } from '../pace.ts';
import { isEmptyAdvice } from './empty-advice.ts';
import { verifyEvidence, type EvidenceProblem } from './evidence.ts';
import type { FailureSample } from './failure-samples.ts';
import { constantOfOneTask, type GoldOutputs } from './memorised.ts';
import { overlapsRules } from './own-knowledge.ts';
import { DUPLICATE_SIMILARITY_MIN, REJECTED_SIMILARITY_MIN, saysTheSame } from './resemblance.ts';
import { newCapabilities, type Capabilities } from '../safety/capabilities.ts';
import { scanText, type Finding } from './scan.ts';
import { taintOf } from './taint.ts';

/** Why a lesson went no further. Counted per pass. */
export type DropReason =
  | EvidenceProblem
  | 'empty_advice'
  | 'grammar'
  | 'gold_output'
  | 'constant_of_one_task'
  | Exclude<Finding, 'override'>;

/**
 * What becomes of a lesson: a new candidate (possibly held back for a person), support for a rule that says the same
 * already, or nothing, for a reason.
 */
export type LessonVerdict =
  | {
      readonly kind: 'candidate';
      readonly text: RuleText;
      readonly evidence: readonly Evidence[];
      /** The least trusted of those whose words it rests on. */
      readonly taint: QuoteAuthor;
      /** Why a person must look at it first. */
      readonly quarantine?: string;
    }
  | { readonly kind: 'support'; readonly rule: Rule; readonly evidence: readonly Evidence[] }
  /** It says what a rule said that was turned down: not tested again, but remembered. */
  | { readonly kind: 'turned_down'; readonly rule: Rule; readonly evidence: readonly Evidence[] }
  | { readonly kind: 'dropped'; readonly reason: DropReason; readonly detail: string };

export interface GateKnowledge {
  /** Rules that are candidate, validated or active. */
  readonly live: readonly Rule[];
  /** Rules turned down under the agent's present model, prompt and tools. */
  readonly rejected: readonly Rule[];
  /** What eval cases expect. The analyzer never sees it; only the answer to this question leaves the gate. */
  readonly gold?: GoldOutputs;
  /** What the agent reached in runs that passed. Absent = what it may reach is not looked at. */
  readonly capabilities?: Capabilities;
}

/**
 * Those of the rules, live or rejected, that can make a difference to what becomes of a lesson: the gate says the same with
 * them as with all. Found in turns, since there may be thousands.
 */
export async function rulesThatMatter(
  lesson: Lesson,
  sample: FailureSample,
  rules: readonly Rule[],
): Promise<readonly Rule[]> {
  const text = textOf(lesson);
  const checked = verifyEvidence(lesson, sample, []);
  const quotes = checked.ok ? checked.found.map(({ evidence }) => evidence.quote) : [];
  const pace = new Pace();
  const found: Rule[] = [];
  for (const rule of rules) {
    if (pace.isOver) await pace.rest();
    const isEchoed = (quote: string): boolean => overlapsRules(quote, [rule.content]);
    if (saysTheSame(text, rule, DUPLICATE_SIMILARITY_MIN) || quotes.some(isEchoed)) found.push(rule);
  }
  return found;
}

function textOf({ kind, content, appliesWhen }: Lesson): RuleText {
  return { kind, content: content.trim(), appliesWhen: appliesWhen.trim(), tags: [] };
}

/** Everything a lesson must pass before it costs a trial. Cheap checks first; deterministic. */
export function gateLesson(lesson: Lesson, sample: FailureSample, knowledge: GateKnowledge): LessonVerdict {
  const text = textOf(lesson);
  if (isEmptyAdvice(text.content)) return dropped('empty_advice', text.content);
  const findings = scanText(`${text.appliesWhen}\n${text.content}`);
  for (const finding of findings) if (finding !== 'override') return dropped(finding, 'scan');
  const problems = grammarProblems(text);
  if (problems.length > 0) return dropped('grammar', problems.join('; '));
  if (knowledge.gold?.repeatedBy(text.content) === true) return dropped('gold_output', 'an expected output');
  const constant = constantOfOneTask(text.content, sample);
  if (constant !== undefined) return dropped('constant_of_one_task', constant);
  const served = knowledge.live.filter(({ status }) => status === 'active').map(({ content }) => content);
  const checked = verifyEvidence(lesson, sample, served);
  if (!checked.ok) return dropped(checked.problem, text.content);
  const evidence = checked.found
    .filter((quote) => scanText(quote.evidence.quote).every(isHarmless))
    .map((quote) => quote.evidence);
  if (evidence.length === 0) return dropped('secret', 'every quote holds secrets or personal data');
  const same = knowledge.live.find((rule) => saysTheSame(text, rule, DUPLICATE_SIMILARITY_MIN));
  if (same !== undefined) return { kind: 'support', rule: same, evidence };
  const refused = knowledge.rejected.find((rule) => saysTheSame(text, rule, REJECTED_SIMILARITY_MIN));
  if (refused !== undefined) return { kind: 'turned_down', rule: refused, evidence };
  const { author: taint, quarantine: planted } = taintOf(lesson, checked.found, sample);
  const quarantine = findings.includes('override')
    ? 'it reads like an instruction to override others'
    : (planted ?? whatIsNew(text, knowledge.capabilities));
  return { kind: 'candidate', text, evidence, taint, ...(quarantine === undefined ? {} : { quarantine }) };
}

function whatIsNew(text: RuleText, capabilities: Capabilities | undefined): string | undefined {
  const named = capabilities === undefined ? [] : newCapabilities(text, capabilities);
  return named.length === 0
    ? undefined
    : `it names ${named.join(', ')}, which no run of this agent that passed shows`;
}

/** Quotes are kept for ever: none may hold a secret. Planted instructions stay, as evidence of what was planted. */
function isHarmless(finding: Finding): boolean {
  return finding !== 'secret' && finding !== 'personal_data';
}

function dropped(reason: DropReason, detail: string): LessonVerdict {
  return { kind: 'dropped', reason, detail };
}
