import { itemReference } from '@tracelore/sdk/contract';
import { scanText, type Finding } from '../analyzers/scan.ts';
import type { Rule } from '../knowledge/rule.ts';
import { changesBetween } from './changes.ts';
import type { RuleSet, SelectOptions } from './rule-set.ts';
import type { PreparedSelector } from './selector.ts';

/** Texts whose findings are remembered; at the limit the memory starts over. Some 100 bytes each. */
const TEXTS_MAX = 200_000;

/** Larger sets are looked through by what changed since the last one of their project. */
const FEW_RULES = 1_000;

/** A rule that is in force and yet never given to an agent. */
export interface WithheldRule {
  readonly project: string;
  /** `id@version`. */
  readonly rule: string;
  readonly findings: readonly Finding[];
}

/** A selector that scans what it is given. */
export interface ScannedSelector extends PreparedSelector {
  /** Rules that were kept from agents since the start. */
  withheld(): readonly WithheldRule[];
  /** Whether the present scanner finds nothing in a rule. */
  isHarmless(rule: Rule): boolean;
}

/**
 * Scans rules again when they are served: the scanner may have learned since a rule was written, and a log may have been
 * filled by other means. What the present scanner finds something in is never selected, whoever asks, trials included, and
 * `onWithheld` is told once. Only text that reads like an instruction is served when a person has approved it.
 */
export function scannedSelector(
  selector: PreparedSelector,
  onWithheld: (withheld: WithheldRule) => void,
): ScannedSelector {
  const findings = new Map<string, readonly Finding[]>();
  const withheld = new Map<string, WithheldRule>();
  /** The array that was given is often the same: so is what is handed on, and nothing is made anew from it. */
  const harmless = new WeakMap<readonly Rule[], readonly Rule[]>();

  /** By project: the last large set, and what was kept back of it, in its order. */
  const large = new Map<string, { rules: readonly Rule[]; harmful: readonly Rule[] }>();

  function findingsIn(rule: Rule): readonly Finding[] {
    const key = `${rule.project}\u0000${itemReference(rule)}`;
    const known = findings.get(key) ?? scanText(`${rule.appliesWhen}\n${rule.content}`);
    if (findings.size >= TEXTS_MAX) findings.clear();
    findings.set(key, known);
    return rule.approvedBy === undefined ? known : known.filter((finding) => finding !== 'override');
  }

  function isHarmless(rule: Rule): boolean {
    const found = findingsIn(rule);
    if (found.length === 0) return true;
    const one = { project: rule.project, rule: itemReference(rule), findings: found };
    const key = `${one.project}\u0000${one.rule}`;
    const isNew = !withheld.has(key);
    withheld.set(key, one);
    if (isNew) onWithheld(one);
    return false;
  }

  function scanned(set: RuleSet): RuleSet {
    const known = harmless.get(set.rules);
    if (known !== undefined) return { ...set, rules: known };
    const passed = set.rules.length > FEW_RULES ? manyHarmless(set.rules) : set.rules.filter(isHarmless);
    const rules = passed.length === set.rules.length ? set.rules : passed;
    harmless.set(set.rules, rules);
    return { ...set, rules };
  }

  function manyHarmless(rules: readonly Rule[]): readonly Rule[] {
    const project = rules[0]?.project ?? '';
    const before = large.get(project) ?? { rules: [], harmful: [] };
    const { removed, added } = changesBetween(before.rules, rules);
    const gone = new Set(removed);
    const found = added.filter((rule) => !isHarmless(rule));
    const kept = before.harmful.filter((rule) => !gone.has(rule));
    const { passed, left } = leaveOut(rules, kept, found);
    large.set(project, { rules, harmful: left });
    return passed;
  }

  return {
    learns: selector.learns,
    select: (task: string, set: RuleSet, options?: SelectOptions) =>
      selector.select(task, scanned(set), options),
    prepare: (tasks, set, signal) => selector.prepare(tasks, scanned(set), signal),
    withheld: () => [...withheld.values()],
    isHarmless,
  };
}

/**
 * The rules without some of them, and those in the order of the list. `known` stand in it in their order, mostly, and cost one
 * comparison per rule; looking up each of 100 000 rules in a set takes ten milliseconds.
 */
function leaveOut(
  rules: readonly Rule[],
  known: readonly Rule[],
  others: readonly Rule[],
): { readonly passed: readonly Rule[]; readonly left: readonly Rule[] } {
  if (known.length === 0 && others.length === 0) return { passed: rules, left: [] };
  const passed: Rule[] = [];
  const left: Rule[] = [];
  let next = 0;
  for (const rule of rules) {
    const isKnown = rule === known[next];
    if (isKnown) next += 1;
    if (isKnown || others.includes(rule)) left.push(rule);
    else passed.push(rule);
  }
  if (next === known.length) return { passed, left };
  const all = new Set([...known, ...others]);
  return { passed: rules.filter((rule) => !all.has(rule)), left: rules.filter((rule) => all.has(rule)) };
}
