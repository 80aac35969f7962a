import {
  renderAgentlearn,
  renderAgentlearnIndex,
  renderAgentlearnList,
  type Effectiveness,
} from './agentlearn-format.ts';
import { remembered } from '../remembered.ts';
import type { Renderer } from './rule-set.ts';
import { fenceNonce, renderTracelore } from './tracelore-format.ts';

/** Projects whose fences are remembered, and positions of the log of each: units are held at some dozens. */
const PROJECTS_MAX = 1_000;
const SNAPSHOTS_MAX = 40;

export interface RendererOptions {
  /** Secret of the service. The same secret, project and snapshot give the same bytes in every process. */
  readonly secret: string;
  /** For the formats of agentlearn, which show it. Default: every rule is `new`. */
  readonly effectiveness?: Effectiveness;
}

/** Renders injection text. The text depends on the rules, their order and the context, and on nothing else. */
export function createRenderer(options: RendererOptions): Renderer {
  const effectiveness = options.effectiveness ?? (() => undefined);
  const nonceOf = remembered((project: string) => {
    return remembered((snapshot: number) => fenceNonce(options.secret, project, snapshot), SNAPSHOTS_MAX);
  }, PROJECTS_MAX);
  return {
    render(rules, { project, snapshot, format }) {
      if (rules.length === 0) return '';
      switch (format) {
        case 'tracelore-v1':
          return renderTracelore(rules, nonceOf(project)(snapshot));
        case 'agentlearn-v1':
          return renderAgentlearn(rules, effectiveness);
        case 'agentlearn-list-v1':
          return renderAgentlearnList(rules, effectiveness);
        case 'agentlearn-index-v1':
          return renderAgentlearnIndex(rules, effectiveness);
        default:
          return format satisfies never;
      }
    },
  };
}
