import { ID_PREFIX_CHARACTERS, shortId } from '../ids.ts';
import { CHAIN_START, verifyLink } from './hash-chain.ts';
import type {
  Change,
  KnowledgeEvent,
  QuoteSources,
  Refusal,
  RuleFilter,
  Snapshot,
} from './knowledge-base.ts';
import { decodeSnapshotted } from './event-data.ts';
import { isAboutRule, project, withoutQuotes, type ProjectedRule } from './projection.ts';
import { isInForce } from './restore-plan.ts';
import { ruleTextHash } from './rule-hash.ts';
import type { Rule, RuleStatus, RuleText } from './rule.ts';
import { ServedRules } from './served-rules.ts';
import { refuseTag, resolvePosition } from './snapshot-reference.ts';

/** Fewest characters of an id prefix that people may type. */
export const PREFIX_CHARACTERS_MIN = 4;
/** Ids listed when a prefix is ambiguous. */
const AMBIGUOUS_SHOWN_MAX = 5;

/** What the events of one project say, in memory. Grows by events only; reads are synchronous. */
export class ProjectedKnowledge {
  readonly #rules: Map<string, ProjectedRule> = new Map();
  /** Ids by their short form, and by what their newest version says: looked up at every proposal. */
  readonly #idsByPrefix: Map<string, string[]> = new Map();
  readonly #idsByText: Map<string, Set<string>> = new Map();
  readonly #counts: Map<RuleStatus, number> = new Map();
  readonly #snapshots: Snapshot[] = [];
  /** Epoch ms of every event, by position, from 1. */
  readonly #times: number[] = [];
  #inForce = 0;
  #withOwnEnd = 0;
  #last: Omit<KnowledgeEvent, 'quotes'> | undefined;
  readonly #served = new ServedRules();

  /** Applies the next event after checking that it continues the chain. */
  apply(event: KnowledgeEvent): void {
    verifyLink(this.#last, event);
    if (isAboutRule(event)) {
      const before = this.#rules.get(event.ruleId);
      const after = project(before, event);
      this.#rules.set(event.ruleId, after);
      this.#note(before?.rule, after.rule);
    } else {
      this.#snapshots.push(snapshotIn(event, this.#inForce));
    }
    const { quotes: _notForever, ...last } = event;
    this.#last = last;
    this.#times.push(Date.parse(event.at));
  }

  /** Drops words quoted from these sources. Returns the ids of the rules that quoted them. */
  forgetQuotes(sources: QuoteSources): string[] {
    const quoting: string[] = [];
    for (const [id, found] of this.#rules) {
      const rest = withoutQuotes(found, sources);
      if (rest === found) continue;
      this.#rules.set(id, rest);
      if (isInForce(rest.rule)) this.#served.note(found.rule, rest.rule);
      quoting.push(id);
    }
    return quoting;
  }

  get sequence(): number {
    return this.#last?.sequence ?? 0;
  }

  get lastHash(): string {
    return this.#last?.hash ?? CHAIN_START;
  }

  /** In the order in which the rules were proposed. */
  list(filter: RuleFilter = {}): Rule[] {
    if (filter.status !== undefined && this.count(filter.status) === 0) return [];
    const text = filter.text?.toLowerCase();
    return [...this.#rules.values()]
      .map(({ rule }) => rule)
      .filter(
        (rule) =>
          (filter.status === undefined || rule.status === filter.status) &&
          (filter.quarantined === undefined || rule.quarantined === filter.quarantined) &&
          (text === undefined || searched(rule).includes(text)),
      );
  }

  find(idOrPrefix: string): Change {
    const exact = this.#rules.get(idOrPrefix);
    if (exact !== undefined) return { ok: true, rule: exact.rule };
    if (idOrPrefix.length < PREFIX_CHARACTERS_MIN) {
      return {
        ok: false,
        code: 'not_found',
        message: `no rule has the id "${idOrPrefix}"; give at least ${PREFIX_CHARACTERS_MIN} characters of an id.`,
      };
    }
    const near =
      idOrPrefix.length < ID_PREFIX_CHARACTERS
        ? [...this.#rules.keys()]
        : (this.#idsByPrefix.get(shortId(idOrPrefix)) ?? []);
    const matches = near.filter((id) => id.startsWith(idOrPrefix));
    const [only, ...others] = matches;
    const found = only === undefined ? undefined : this.#rules.get(only);
    if (found === undefined) {
      return { ok: false, code: 'not_found', message: `no rule has an id that starts with "${idOrPrefix}".` };
    }
    if (others.length === 0) return { ok: true, rule: found.rule };
    const shown = matches.slice(0, AMBIGUOUS_SHOWN_MAX).join(', ');
    const more = matches.length > AMBIGUOUS_SHOWN_MAX ? ', …' : '';
    return {
      ok: false,
      code: 'ambiguous',
      message: `${matches.length} rules have an id that starts with "${idOrPrefix}": ${shown}${more}. Give more characters.`,
    };
  }

  findVersion(reference: string): Rule | undefined {
    const [id = '', version = ''] = reference.split('@');
    const found = this.#rules.get(id);
    const text = found?.versions.find((candidate) => String(candidate.version) === version);
    return found === undefined || text === undefined ? undefined : { ...found.rule, ...text };
  }

  /** How many rules have a status. */
  count(status: RuleStatus): number {
    return this.#counts.get(status) ?? 0;
  }

  served(): readonly Rule[] {
    return this.#served.all();
  }

  history(ruleId: string): readonly KnowledgeEvent[] {
    return this.#rules.get(ruleId)?.history ?? [];
  }

  /** A candidate, validated or active rule that says the same, other than `exceptId`. */
  duplicateOf(text: RuleText, exceptId?: string): Rule | undefined {
    for (const id of this.#idsByText.get(ruleTextHash(text)) ?? []) {
      const rule = this.#rules.get(id)?.rule;
      if (rule === undefined || id === exceptId) continue;
      if (rule.status !== 'archived' && rule.status !== 'deprecated') return rule;
    }
    return undefined;
  }

  /** Whether any rule has an end of its own. */
  get hasOwnEnds(): boolean {
    return this.#withOwnEnd > 0;
  }

  /** Marked positions, oldest first. */
  get snapshots(): readonly Snapshot[] {
    return this.#snapshots;
  }

  refuseTag(tag: string): Refusal | undefined {
    return refuseTag(tag, this.#snapshots);
  }

  positionOf(reference: string): { readonly ok: true; readonly position: number } | Refusal {
    return resolvePosition(reference, this.#snapshots, this.#times);
  }

  /** Rules as they were after the event at this position. Only those that changed since are folded anew. */
  rulesAt(position: number): Rule[] {
    return [...this.#rules.values()].flatMap((found) => {
      const { history, rule } = found;
      if ((history.at(-1)?.sequence ?? 0) <= position) return [rule];
      const past = history.filter(({ sequence }) => sequence <= position).filter(isAboutRule);
      let then: ProjectedRule | undefined;
      for (const event of past) then = project(then, event);
      return then === undefined ? [] : [then.rule];
    });
  }

  prefixTaken(id: string): boolean {
    return this.#idsByPrefix.has(shortId(id));
  }

  #note(before: Rule | undefined, after: Rule): void {
    if (before !== undefined) this.#counts.set(before.status, this.count(before.status) - 1);
    this.#counts.set(after.status, this.count(after.status) + 1);
    const wasInForce = before !== undefined && isInForce(before);
    this.#inForce += Number(isInForce(after)) - Number(wasInForce);
    this.#withOwnEnd += Number(after.expiresAt !== undefined) - Number(before?.expiresAt !== undefined);
    this.#served.note(wasInForce ? before : undefined, isInForce(after) ? after : undefined);
    if (before === undefined) {
      const prefix = shortId(after.id);
      this.#idsByPrefix.set(prefix, [...(this.#idsByPrefix.get(prefix) ?? []), after.id]);
    } else {
      if (before.version === after.version) return;
      this.#idsByText.get(ruleTextHash(before))?.delete(before.id);
    }
    const hash = ruleTextHash(after);
    const ids = this.#idsByText.get(hash) ?? new Set();
    this.#idsByText.set(hash, ids.add(after.id));
  }
}

function snapshotIn({ sequence, actor, at, data }: KnowledgeEvent, inForce: number): Snapshot {
  return { position: sequence, actor, at, inForce, ...decodeSnapshotted(data) };
}

function searched(rule: Rule): string {
  return `${rule.id} ${rule.kind} ${rule.appliesWhen} ${rule.content} ${rule.tags.join(' ')}`.toLowerCase();
}
