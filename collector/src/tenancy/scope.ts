/** What a key may do, and what that is for. Docs and the command line print this table. */
export const SCOPES = {
  ingest: 'what an agent does: send OTLP, record outcomes, ask for knowledge, run trials',
  read: 'see runs, knowledge, evaluations, verdicts and status of the project',
  write: 'decide about knowledge, add eval cases, start evaluations and learning passes',
  admin: 'everything, and alone: keys, erasure, the audit log',
} as const;

export type Scope = keyof typeof SCOPES;

/** Stands for every project in the place of a project's name, which never begins with it. */
export const ALL_PROJECTS = '*';

export function isScope(name: string): name is Scope {
  return Object.hasOwn(SCOPES, name);
}

/** Whether these scopes allow what needs `needed`. */
export function allows(scopes: readonly Scope[], needed: Scope): boolean {
  return scopes.includes(needed) || scopes.includes('admin');
}
