import type { Tracer } from '@opentelemetry/api';

import type { Config } from './config.ts';
import type { KnowledgeAnswer, KnowledgeRequest } from './contract/knowledge.ts';
import type { TrialLease, TrialLeaseRequest, TrialReport } from './contract/trial.ts';

/** The operations of the service that an agent's process uses, where it runs in this very process. */
export interface LocalService {
  ask(request: KnowledgeRequest): Promise<KnowledgeAnswer>;
  lease(request: TrialLeaseRequest, signal: AbortSignal): Promise<readonly TrialLease[]>;
  report(report: TrialReport): Promise<void>;
}

/**
 * Where code sends its spans and whom it asks, instead of what the process is configured for. It belongs to the running code
 * only: several live side by side in one process, and nothing global is touched.
 */
export interface Backend {
  readonly config: Config;
  readonly tracer: Tracer;
  /** Default: the service at `config.apiUrl`. */
  readonly service?: LocalService;
}
