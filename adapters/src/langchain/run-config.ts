import { field } from './field.ts';

/** Id of the run that a config was made for. */
export function runOf(config: unknown): string | undefined {
  const callbacks = field(config, 'callbacks');
  const parentRunId = field(callbacks, 'getParentRunId');
  if (typeof parentRunId !== 'function') return undefined;
  const id: unknown = Reflect.apply(parentRunId, callbacks, []);
  return typeof id === 'string' ? id : undefined;
}
