/** The command line: parses the words, runs the command, ends with its exit code. The only file here that acts when loaded. */
import { Command, CommanderError } from 'commander';
import { EXIT } from '../lab/errors.ts';
import { addAnalyzeCommand } from './commands/analyze.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addDownCommand } from './commands/down.ts';
import { addFaultCommand } from './commands/fault.ts';
import { addHealCommand } from './commands/heal.ts';
import { addListCommand } from './commands/list.ts';
import { addLoadCommand } from './commands/load.ts';
import { addRunCommand } from './commands/run.ts';
import { addSchemaCommand } from './commands/schema.ts';
import { addShrinkCommand } from './commands/shrink.ts';
import { addSimCommand } from './commands/sim.ts';
import { addStatusCommand } from './commands/status.ts';
import { addTerminalCommand } from './commands/terminal.ts';
import { addTraceCommand } from './commands/trace.ts';
import { addUpCommand } from './commands/up.ts';
import { addValidateCommand } from './commands/validate.ts';
import { systemEnvironment } from './environment.ts';
import { createSession, type Session } from './session.ts';

function createProgram(session: Session): Command {
  const program = new Command('edgesync-lab')
    .description('A chaos lab in the terminal over a multi-region CDN: see, break and prove cache invalidation.')
    .version(session.version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => session.output.line(text.trimEnd()), writeErr: (text) => session.output.note(text.trimEnd()) })
    .showHelpAfterError('(--help shows every command and option)');
  addRunCommand(program, session);
  addUpCommand(program, session);
  addStatusCommand(program, session);
  addDownCommand(program, session);
  addHealCommand(program, session);
  addFaultCommand(program, session);
  addTraceCommand(program, session);
  addLoadCommand(program, session);
  addAnalyzeCommand(program, session);
  addSimCommand(program, session);
  addShrinkCommand(program, session);
  addDoctorCommand(program, session);
  addListCommand(program, session);
  addValidateCommand(program, session);
  addSchemaCommand(program, session);
  addTerminalCommand(program.allowExcessArguments().enablePositionalOptions(), session);
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  return program;
}

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const session = createSession(systemEnvironment, argv);
  try {
    await createProgram(session).parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and --version are no errors; everything else commander refuses is a wrong word on the command line.
    if (error.exitCode !== 0) session.exitWith(EXIT.invalidInput);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`edgesync-lab failed: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = EXIT.failed;
});
