import type { LocalService } from '@tracelore/sdk';
import type { LearnerParts } from '../learner-parts.ts';

/** The service of a learner in this process: what the SDK otherwise asks for over HTTP. */
export function localService(
  { serving, loop }: Pick<LearnerParts, 'serving' | 'loop'>,
  project: string,
): LocalService {
  return {
    ask: async (request) => (await serving.answer(request, project)).answer,
    lease: (request, signal) => loop.broker.lease(project, request, signal),
    report: async (report) => void (await loop.broker.report(project, report)),
  };
}
