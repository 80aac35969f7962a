import type { KnowledgeRequest } from '@tracelore/sdk/contract';
import { recalledText, type Effectiveness } from '../injectors/agentlearn-format.ts';
import { shortId } from '../ids.ts';
import type { Rule } from '../knowledge/rule.ts';
import { coinSalt, isHeldOut, tossCoins, type Holdout, type Treatments } from './coins.ts';
import { overriddenRules, type ServedKnowledge, type TrialRules } from './override.ts';
import { unitName } from './unit-name.ts';

/** Which rule of an index an agent wants to read, and who asks: as in the question that the index answered. */
export interface RecallRequest extends Omit<KnowledgeRequest, 'task' | 'maxTokens' | 'format'> {
  /** Id, or its first characters. */
  readonly item: string;
}

export interface RecallOptions {
  readonly knowledge: (project: string) => ServedKnowledge;
  readonly trialRules: TrialRules;
  readonly treatments: (project: string, unit: string, request: RecallRequest) => Treatments;
  readonly holdout: Holdout;
  readonly secret: string;
  readonly redact: (text: string) => string;
  /** Whether the present scanner finds nothing in it. */
  readonly isHarmless: (rule: Rule) => boolean;
  readonly effectiveness: Effectiveness;
}

/**
 * The text of one rule of an index, for the tool `recall_knowledge`. Only what this unit's index could hold: a rule in force
 * (in a trial: of its rule set) that is not withheld from the unit. Of anything else, and of a prefix that fits several
 * rules, it says that nothing was found.
 */
export function createRecall(options: RecallOptions): (request: RecallRequest, project: string) => string {
  const { secret, holdout, redact } = options;

  /** Rules of that name that the unit's index could hold. */
  function eligible(request: RecallRequest, project: string): readonly Rule[] {
    const knowledge = options.knowledge(project);
    const isNamed = (rule: Rule): boolean => request.item !== '' && rule.id.startsWith(request.item);
    const overridden = overriddenRules({ ...request, task: '' }, knowledge, options.trialRules);
    if (overridden !== undefined) return overridden.filter(isNamed);
    const found = knowledge.served().filter(isNamed);
    const named = request.unit ?? request.session ?? request.run;
    // Nobody knows which unit's index it was; the rule stood in it.
    if (named === undefined) return found;
    const unit = unitName(named, { redact, secret, project });
    const salt = coinSalt(secret, project);
    if (isHeldOut(salt, unit, holdout)) return [];
    const coins = tossCoins(found, salt, unit, options.treatments(project, unit, request).of);
    return found.filter((_, index) => coins[index]?.injected === true);
  }

  return (request, project) => {
    const shown = JSON.stringify(request.item).slice(1, -1).slice(0, 80);
    const found = eligible(request, project).filter(options.isHarmless);
    const [rule] = found;
    if (rule === undefined) return `Knowledge item '${shown}' not found.`;
    if (found.length > 1) {
      const ids = found.map(({ id }) => shortId(id)).join(', ');
      return `Knowledge item '${shown}' not found: it is the start of ${ids}.`;
    }
    return recalledText(rule, options.effectiveness);
  };
}
