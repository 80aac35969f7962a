import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import { LEARNER_ACTOR } from '../knowledge/lifecycle.ts';
import type { Rule } from '../knowledge/rule.ts';
import { bettingLogE } from '../stats/betting.ts';
import { armsText, liftText } from './effect-text.ts';
import { epochOf } from './epoch.ts';
import type { WatchBook } from './watch-book.ts';
import type { Watched } from './watch-log.ts';
import { effectOf } from './watch-view.ts';

/** Begins the reason of a rule that production removed. */
export const HARMFUL = 'harmful in production';

type Base = Pick<KnowledgeBase, 'served' | 'history' | 'deprecate' | 'rest'>;

/**
 * Writes into the knowledge log what production decided: harmful rules are deprecated, futile ones put to rest, with the
 * evidence as the reason. A rule that is proven under another fingerprint stays in service there; under this one it is
 * withheld from every unit. Safe to repeat: a rule that is out of service is not looked at again.
 */
export async function actOnWatches(base: Base, book: WatchBook): Promise<void> {
  for (const rule of base.served()) {
    const watched = book.ofRule(rule.id);
    if (watched.length === 0) continue;
    const current = watched.filter(({ epoch, fingerprint }) => epoch === epochOf(base, rule, fingerprint));
    if (current.some(({ watch }) => watch.stage === 'steady')) continue;
    const harmful = current.find(({ watch }) => watch.stage === 'deprecated');
    if (harmful !== undefined) {
      await base.deprecate(rule.id, LEARNER_ACTOR, `${HARMFUL}: ${evidenceText(harmful, 'harm')}`);
      continue;
    }
    const served = current.filter(({ watch }) => watch.stage !== 'dormant');
    const [futile] = current;
    if (futile !== undefined && served.length === 0) await rest(base, rule, futile);
  }
}

async function rest(base: Base, rule: Rule, futile: Watched): Promise<void> {
  // A pinned rule has no coins: what was seen before does not speak about it now, and only people unpin.
  if (rule.priority === 'pinned') return;
  await base.rest(rule.id, LEARNER_ACTOR, `no use in production: ${evidenceText(futile, 'futility')}`);
}

function evidenceText({ epoch, fingerprint, watch }: Watched, process: 'harm' | 'futility'): string {
  const effect = effectOf(watch);
  // After a drift alarm what was seen since then may decide, while the whole past still looks good.
  const since = process === 'harm' ? watch.suspicion?.harm : undefined;
  const logE = Math.max(bettingLogE(watch[process]), since === undefined ? -Infinity : bettingLogE(since));
  const e = Math.exp(logE).toFixed(1);
  const under = fingerprint === '' ? '' : `, fingerprint ${fingerprint}`;
  return `${process} E ${e} after ${watch.units} units; ${armsText(effect)}; effect ${liftText(effect)}; epoch ${epoch}${under}`;
}
