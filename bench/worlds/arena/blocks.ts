import { itemReference } from '@tracelore/sdk/contract';
import { shortId } from '../../../learner/src/ids.ts';
import type { Rule } from '../../../learner/src/knowledge/rule.ts';

export type Render = (task: string, rules: readonly Rule[]) => string;

/** Blocks that are kept; a block follows from its task and rules alone. */
const BLOCKS_MAX = 400_000;

/** What agents were given: the blocks of a policy, and which rules stood in them. */
export class Blocks {
  readonly #render: Render;
  readonly #blocks = new Map<string, string>();
  readonly #watched = new Set<string>();
  readonly #seen = new Set<string>();

  constructor(render: Render) {
    this.#render = render;
  }

  /** The text that an agent is given for a task from these rules. */
  readonly of: Render = (task, rules) => {
    if (rules.length === 0) return '';
    const key = `${task}\u0000${rules.map(itemReference).join()}`;
    const known = this.#blocks.get(key);
    if (known !== undefined) return known;
    const block = this.#render(task, rules);
    if (this.#blocks.size >= BLOCKS_MAX) this.#blocks.clear();
    this.#blocks.set(key, block);
    return block;
  };

  /** The same for a run of the agent: what stands in it was read. */
  give(task: string, rules: readonly Rule[]): string {
    const block = this.of(task, rules);
    for (const { id } of rules) {
      if (this.#watched.has(id) && block.includes(`[${shortId(id)}]`)) this.#seen.add(id);
    }
    return block;
  }

  /** From now on notices when an agent is given this rule. */
  watch(rule: Rule): void {
    this.#watched.add(rule.id);
  }

  get seen(): ReadonlySet<string> {
    return this.#seen;
  }
}
