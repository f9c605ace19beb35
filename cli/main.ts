/**
 * The command line: parses the words, runs the command, ends with its exit code. The only file here that acts when
 * loaded.
 */
import { CommanderError } from 'commander';
import { EXIT, InvalidInput } from '../lab/errors.ts';
import { printableLines } from '../lab/input/printable.ts';
import { readConfigFile } from './config-file.ts';
import { systemEnvironment } from './environment.ts';
import { createProgram } from './program.ts';
import { createSession, type Session } from './session.ts';

async function run(session: Session): Promise<void> {
  try {
    const program = await createProgram(session, await readConfigFile(systemEnvironment));
    await program.parseAsync(session.argv, { from: 'user' });
  } catch (error) {
    if (error instanceof InvalidInput) {
      session.output.note(printableLines(error.message));
      return session.exitWith(EXIT.invalidInput);
    }
    if (!(error instanceof CommanderError)) throw error;
    // Help and --version are no errors; everything else commander refuses is a wrong word on the command line.
    if (error.exitCode !== 0) session.exitWith(EXIT.invalidInput);
  }
}

async function main(): Promise<void> {
  const session = createSession(systemEnvironment, process.argv.slice(2));
  // Node would end with 1, and that says that an invariant was violated. Who has the terminal puts it back first, and
  // says it.
  process.on('uncaughtException', (error) => {
    if (process.listenerCount('uncaughtException') > 1) return;
    session.output.note(failureText(error));
    session.leave(EXIT.failed);
  });
  await run(session).catch((error: unknown) => {
    session.output.note(failureText(error));
    session.exitWith(EXIT.failed);
  });
  await session.end();
}

function failureText(error: unknown): string {
  return `edgesync-lab failed: ${error instanceof Error ? error.stack : String(error)}`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${failureText(error)}\n`);
  process.exitCode = EXIT.failed;
});
