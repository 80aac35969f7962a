import type { ResultRecorder } from './result-recorder.ts';

/**
 * Ends the span of a stream or thenable whose consumer dropped it without a word. The recorder must not refer to the
 * watched object, else it would never be collected.
 */
const registry = new FinalizationRegistry<ResultRecorder>((recorder) => recorder.close('abandoned'));

export function watchAbandonment(target: object, recorder: ResultRecorder): void {
  registry.register(target, recorder, recorder);
}
