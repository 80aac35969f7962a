export { ATTR, ATTRIBUTE_BYTES_MAX, EVENT_EVALUATION, TRUNCATION_MARK } from './attributes.ts';
export { type Decoded } from './decode.ts';
export {
  ARMS,
  decodeKnowledgeAnswer,
  INJECTION_FORMATS,
  itemReference,
  type Arm,
  type InjectionFormat,
  type KnowledgeAnswer,
  type KnowledgeItem,
  type KnowledgeOverride,
  type KnowledgeRequest,
} from './knowledge.ts';
export {
  decodeOutcome,
  OUTCOME_SOURCES,
  outcomePassed,
  outcomeScore,
  PASS_SCORE_MIN,
  type Outcome,
  type OutcomeSource,
} from './outcome.ts';
export { canonicalArguments, type RecordedCall, type ReplayAccount } from './recording.ts';
export { kindOfOperation, OPERATION_OF_KIND, SPAN_KINDS, type SpanKindName } from './span-kinds.ts';
export { decodeTrialLeases, type TrialLease, type TrialLeaseRequest, type TrialReport } from './trial.ts';
export { CONTRACT_VERSION, CONTRACT_VERSION_HEADER, PROJECT_HEADER } from './version.ts';
