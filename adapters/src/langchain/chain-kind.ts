import { field, listAt, textAt } from './field.ts';

/**
 * A compiled graph (LangGraph, `createAgent`): the only chain that is an agent. Told by the class path that a runnable
 * says of itself, since nodes inherit their graph's metadata.
 */
export function isGraph(serialized: unknown): boolean {
  const path = listAt(serialized, 'id');
  return path[0] === 'langgraph' && path[1] === 'pregel';
}

/** The name given to a run, else its class's. */
export function runName(name: unknown, serialized: unknown): string {
  if (typeof name === 'string' && name !== '') return name;
  const last = listAt(serialized, 'id').at(-1);
  return textAt(serialized, 'name') ?? (typeof last === 'string' ? last : 'unnamed');
}

/** LangGraph throws to pause for a person or to hand over to a parent graph: nothing has failed then. */
export function isControlFlow(error: unknown): boolean {
  return field(error, 'is_bubble_up') === true;
}
