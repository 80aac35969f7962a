import { shortId } from '../ids.ts';
import type { Rule } from '../knowledge/rule.ts';
import { escapeInvisible } from './escape.ts';

/** Share of a rule's injections that helped, in [0, 1]; `undefined` before the first injection. */
export type Effectiveness = (rule: Rule) => number | undefined;

/**
 * Format `agentlearn-v1`: the bytes of agentlearn 0.5.0's default injector, for agents whose prompts were built around
 * them. Two differences on purpose: invisible characters are written out, and `===` inside a rule is `\===`, so that rule
 * text cannot close a section.
 */
export function renderAgentlearn(rules: readonly Rule[], effectiveness: Effectiveness): string {
  const core = rules.filter((rule) => rule.priority === 'pinned');
  const relevant = rules.filter((rule) => rule.priority !== 'pinned');
  const lines: string[] = [];
  if (core.length > 0) {
    lines.push('=== CORE RULES (always apply) ===', '');
    for (const rule of core) lines.push(header(rule), escaped(rule.content), '');
    lines.push('=== END CORE RULES ===', '');
  }
  if (relevant.length > 0) {
    lines.push('=== RELEVANT KNOWLEDGE (context-matched) ===', '');
    lines.push(...relevant.flatMap((rule) => item(rule, effectiveness)));
    lines.push('=== END RELEVANT KNOWLEDGE ===');
  }
  return lines.join('\n');
}

/** Format `agentlearn-list-v1`: one list of rules, as agentlearn's simple, embedding and canary injectors write it. */
export function renderAgentlearnList(rules: readonly Rule[], effectiveness: Effectiveness): string {
  if (rules.length === 0) return '';
  return [
    '=== LEARNED KNOWLEDGE (auto-injected) ===',
    '',
    ...rules.flatMap((rule) => item(rule, effectiveness)),
    '=== END LEARNED KNOWLEDGE ===',
  ].join('\n');
}

/**
 * Format `agentlearn-index-v1`: one line per rule, as agentlearn's hybrid injector writes it. The agent loads a rule with
 * the tool {@link RECALL_TOOL}.
 */
export function renderAgentlearnIndex(rules: readonly Rule[], effectiveness: Effectiveness): string {
  if (rules.length === 0) return '';
  return [
    `=== AVAILABLE KNOWLEDGE (use ${RECALL_TOOL} to load details) ===`,
    '',
    ...rules.map((rule) => `  ${header(rule)} (${percent(effectiveness(rule))}) — ${line(rule.appliesWhen)}`),
    '',
    '=== END KNOWLEDGE INDEX ===',
  ].join('\n');
}

/** Name of the tool that loads a rule of the index. */
export const RECALL_TOOL = 'recall_knowledge';

/** What the tool {@link RECALL_TOOL} answers for a rule. */
export function recalledText(rule: Rule, effectiveness: Effectiveness): string {
  const [head = ''] = item(rule, effectiveness);
  return `${head}\nApplies when: ${line(rule.appliesWhen)}\n\n${escaped(rule.content)}`;
}

/** Header, content, blank line. */
function item(rule: Rule, effectiveness: Effectiveness): string[] {
  const shown = `(effectiveness: ${percent(effectiveness(rule))})`;
  return [`${header(rule)} ${shown}`, escaped(rule.content), ''];
}

function line(text: string): string {
  return escaped(text).replaceAll('\n', ' ');
}

function header(rule: Rule): string {
  return `[${rule.kind.toUpperCase()}] ${shortId(rule.id)}`;
}

function escaped(content: string): string {
  return escapeInvisible(content).replaceAll(/={3,}/g, (found) => `\\${found}`);
}

/** Whole per cent as Python's `:.0%` writes it: ties to even. */
function percent(share: number | undefined): string {
  if (share === undefined) return 'new';
  const scaled = share * 100;
  const below = Math.floor(scaled);
  const isTie = scaled - below === 0.5;
  return `${isTie ? below + (below % 2) : Math.round(scaled)}%`;
}
