export { resolveConfig, type Config, type ConfigSource, type ConfigSources } from './config.ts';
export { LearnerError, type LearnerErrorCode } from './errors.ts';
export { createLearner, type Learner, type LearnerOptions } from './learner.ts';
