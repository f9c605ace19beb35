/** The command line: parses the words, runs the command, ends with its exit code. The only file here that acts when loaded. */
import { Command, CommanderError } from 'commander';
import { EXIT } from '../lab/errors.ts';
import { addTerminalCommand } from './commands/terminal.ts';
import { systemEnvironment } from './environment.ts';
import { createSession, type Session } from './session.ts';

type AddCommand = (program: Command, session: Session) => void;

/** By name, in the order of the help. Each is loaded when it is asked for, so that the terminal need not wait for all of them. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  run: async () => (await import('./commands/run.ts')).addRunCommand,
  up: async () => (await import('./commands/up.ts')).addUpCommand,
  status: async () => (await import('./commands/status.ts')).addStatusCommand,
  down: async () => (await import('./commands/down.ts')).addDownCommand,
  heal: async () => (await import('./commands/heal.ts')).addHealCommand,
  fault: async () => (await import('./commands/fault.ts')).addFaultCommand,
  load: async () => (await import('./commands/load.ts')).addLoadCommand,
  trace: async () => (await import('./commands/trace.ts')).addTraceCommand,
  analyze: async () => (await import('./commands/analyze.ts')).addAnalyzeCommand,
  sim: async () => (await import('./commands/sim.ts')).addSimCommand,
  shrink: async () => (await import('./commands/shrink.ts')).addShrinkCommand,
  doctor: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
  list: async () => (await import('./commands/list.ts')).addListCommand,
  validate: async () => (await import('./commands/validate.ts')).addValidateCommand,
  schema: async () => (await import('./commands/schema.ts')).addSchemaCommand,
};

/** Those whose names are among the words: more than are meant, never fewer. For help, all. */
function namesIn(argv: readonly string[]): readonly string[] {
  const names = Object.keys(COMMANDS);
  const isHelp = argv.some((word) => ['help', '--help', '-h'].includes(word));
  return isHelp ? names : names.filter((name) => argv.includes(name));
}

async function createProgram(session: Session): Promise<Command> {
  const program = new Command('edgesync-lab')
    .description('A chaos lab in the terminal over a multi-region CDN: see, break and prove cache invalidation.')
    .version(session.version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => session.output.line(text.trimEnd()), writeErr: (text) => session.output.note(text.trimEnd()) })
    .showHelpAfterError('(--help shows every command and option)');
  for (const add of await Promise.all(namesIn(session.argv).map((name) => COMMANDS[name]?.()))) add?.(program, session);
  addTerminalCommand(program.allowExcessArguments().enablePositionalOptions(), session, Object.keys(COMMANDS));
  for (const command of program.commands) command.exitOverride().copyInheritedSettings(program);
  return program;
}

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const session = createSession(systemEnvironment, argv);
  try {
    const program = await createProgram(session);
    await program.parseAsync(argv, { from: 'user' });
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
