import type { Injector } from './injectors/injector.ts';
import type { LearningLoopOptions } from './learn/learning-loop.ts';

/** Parts that take the place of the configured ones. */
export interface OwnParts extends Pick<
  LearningLoopOptions,
  'model' | 'judge' | 'analyzer' | 'runJudge' | 'judgeAfterMs' | 'signals'
> {
  /** Default: `smartInjector()`. */
  readonly injector?: Injector;
}
