import type { Command } from 'commander';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import { contextOf, type CliContext } from './context.ts';
import type { Column } from './table.ts';

/** What a key may do. The service says what each is for. */
const SCOPES = 'ingest, read, write, admin';

const key = z.looseObject({
  project: z.string(),
  keyId: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  createdAt: z.string(),
  createdBy: z.string(),
  endsAt: z.string().nullable(),
  endCause: z.string().nullable(),
  usedAt: z.string().nullable(),
  state: z.string(),
});
type Key = z.infer<typeof key>;
const issued = key.extend({ key: z.string() });
const list = z.object({ keys: z.array(key) });
const revoked = z.object({ revoked: z.string() });

const COLUMNS: readonly Column<Key>[] = [
  { title: 'ID', value: ({ keyId }) => keyId },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'SCOPES', value: ({ scopes }) => scopes.join(',') },
  { title: 'CREATED', value: ({ createdAt, createdBy }) => `${createdAt.slice(0, 10)} ${createdBy}` },
  { title: 'LAST USED', value: ({ usedAt }) => (usedAt === null ? 'never' : minuteOf(usedAt)) },
  { title: 'ENDS', value: endOf },
];

function minuteOf(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

function endOf({ endsAt, endCause, state }: Key): string {
  if (endsAt === null) return 'never';
  const cause = endCause === 'term' || endCause === null ? '' : ` (${endCause})`;
  return `${state === 'ended' ? 'ended ' : ''}${minuteOf(endsAt)}${cause}`;
}

interface Reach {
  readonly allProjects?: true;
}
interface CreateOptions extends Reach {
  readonly name: string;
  readonly scope: string;
  readonly expiresDays?: string;
  readonly offline?: true;
}

/** `tracelore keys …`: who may send, read and decide. */
export function addKeyCommands(program: Command): void {
  const keys = program.command('keys').description('API keys of a project: make, see, rotate, revoke');
  const allProjects = ['--all-projects', 'a key for all projects; needs such a key'] as const;

  keys
    .command('create')
    .description('make a key and print it, this once')
    .requiredOption('--name <name>', 'who or what it is for')
    .requiredOption('--scope <scopes>', `what it may do, with commas between: ${SCOPES}`)
    .option('--expires-days <days>', 'it ends by itself after so many days')
    .option(...allProjects)
    .option(
      '--offline',
      'write into the database itself, for who has no key left; the service must not run on it',
    )
    .action(async (options: CreateOptions, command: Command) => {
      const context = contextOf(command);
      const request = {
        actor: context.actor,
        name: options.name,
        scopes: options.scope.split(',').map((scope) => scope.trim()),
        ...(options.expiresDays !== undefined && { expiresInDays: Number(options.expiresDays) }),
        ...(options.allProjects && { allProjects: true }),
      };
      const made = issued.parse(
        options.offline === true
          ? await createOffline(request, context)
          : await context.client.post('/v1/keys', request, issued),
      );
      context.show(made, () => describe(made, `Made key ${made.keyId}`));
    });

  keys
    .command('list')
    .description('the keys, with what they may do and when they were last used')
    .option(...allProjects)
    .action(async (options: Reach, command: Command) => {
      const context = contextOf(command);
      const answer = await context.client.get('/v1/keys', list, {
        allProjects: options.allProjects && 'true',
      });
      context.show(answer, () =>
        answer.keys.length === 0 ? 'No keys.' : context.table(COLUMNS, answer.keys),
      );
    });

  keys
    .command('rotate <id>')
    .description('make a new key in the place of another, which goes on for a while')
    .option('--overlap-hours <hours>', 'how long both work; default 24')
    .option(...allProjects)
    .action(async (id: string, options: Reach & { overlapHours?: string }, command: Command) => {
      const context = contextOf(command);
      const made = await context.client.post(
        `/v1/keys/${encodeURIComponent(id)}/rotate`,
        {
          actor: context.actor,
          ...(options.overlapHours !== undefined && { overlapHours: Number(options.overlapHours) }),
          ...(options.allProjects && { allProjects: true }),
        },
        issued,
      );
      context.show(made, () => describe(made, `Made key ${made.keyId} in the place of ${id}`));
    });

  keys
    .command('revoke <id>')
    .description('end a key at once')
    .option(...allProjects)
    .action(async (id: string, options: Reach, command: Command) => {
      const context = contextOf(command);
      const body = { actor: context.actor, ...(options.allProjects && { allProjects: true }) };
      const answer = await context.client.post(`/v1/keys/${encodeURIComponent(id)}/revoke`, body, revoked);
      context.show(answer, () => `Key ${answer.revoked} has ended.`);
    });
}

/** Only this command without a service needs the database. */
async function createOffline(request: object, context: CliContext): Promise<unknown> {
  const { createKeyOffline } = await import('./offline-key.ts');
  try {
    return await createKeyOffline(request, context.project);
  } catch (error) {
    if (error instanceof Error && (error.name === 'StoreError' || error.name === 'KeyRefusal'))
      throw new CliError(error.message, { cause: error });
    throw error;
  }
}

function describe(made: z.infer<typeof issued>, what: string): string {
  const where = made.project === '*' ? 'all projects' : `project ${made.project}`;
  return [
    `${what} (${made.name}) for ${where}: ${made.scopes.join(', ')}; ends ${endOf(made)}.`,
    'Keep it now: it is not shown again. Agents take it as TRACELORE_API_KEY.',
    made.key,
  ].join('\n');
}
