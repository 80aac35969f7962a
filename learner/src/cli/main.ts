import { Command, CommanderError } from 'commander';
import { LearnerError } from '../errors.ts';
import { VERSION } from '../version.ts';
import { addAuditCommand } from './audit.ts';
import { CliError } from './cli-error.ts';
import { addGlobalOptions } from './context.ts';
import { addEraseCommand } from './erase.ts';
import { addEvalCommands } from './eval.ts';
import { addJudgeCommand } from './judge.ts';
import { addKeyCommands } from './keys.ts';
import { addAbReport } from './knowledge-reports.ts';
import { addKnowledgeCommands } from './knowledge.ts';
import { addLearnCommand } from './learn.ts';
import { addMcpCommand } from './mcp.ts';
import { addSnapshotCommands } from './snapshots.ts';
import { addStatusCommand } from './status.ts';
import { addStoreCommands } from './store.ts';
import { addTraceCommands } from './traces.ts';
import { addUpCommand } from './up.ts';
import { addVerdictCommands } from './verdict.ts';

const EXIT_FAILED = 1;

const program = addGlobalOptions(new Command('tracelore'))
  .description('Learns from the traces of AI agents and proves that what it learned helps.')
  .version(VERSION)
  .showHelpAfterError('(add --help for what is possible)')
  .exitOverride();

addUpCommand(program);
addStatusCommand(program);
addLearnCommand(program);
addTraceCommands(program);
addKnowledgeCommands(program);
addSnapshotCommands(program);
addAbReport(program);
addEvalCommands(program);
addEraseCommand(program);
addVerdictCommands(program);
addJudgeCommand(program);
addKeyCommands(program);
addAuditCommand(program);
addMcpCommand(program);
addStoreCommands(program);

// A reader that went away (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its own message; help and version end with 0.
  if (error instanceof CommanderError) return error.exitCode;
  const isExpected = error instanceof CliError || LearnerError.isInstance(error);
  const text = isExpected
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
  process.stderr.write(`tracelore: ${text}\n`);
  return EXIT_FAILED;
}
