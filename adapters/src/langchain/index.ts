/**
 * LangChain.js 1.x and LangGraph 1.x. Tracing: {@link instrumentLangChain} for everything in the process, or
 * {@link tracelore} as a callback. Knowledge: {@link traceloreMiddleware} for `createAgent`, {@link withKnowledge} for
 * models in graphs of one's own.
 */
import { TraceloreHandler, type TracingOptions } from './handler.ts';

export { instrumentLangChain } from './install.ts';
export { traceloreMiddleware } from './middleware.ts';
export type { Uninstall } from './patch.ts';
export type { InjectionOptions } from './run-knowledge.ts';
export { type ChatModel, withKnowledge } from './with-knowledge.ts';
export { type TraceloreHandler, type TracingOptions };

/**
 * A callback handler that traces the calls it is passed to (`config.callbacks`), for those who want no patch. Spans made
 * inside nodes and tools then hang below the caller's span, unless {@link traceloreMiddleware} is used too.
 */
export function tracelore(options: TracingOptions = {}): TraceloreHandler {
  return new TraceloreHandler(options);
}
