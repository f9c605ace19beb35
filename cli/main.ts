/** The command line: parses the words, runs the command, ends with its exit code. The only file here that acts when loaded. */
import { CommanderError } from 'commander';
import { EXIT, InvalidInput } from '../lab/errors.ts';
import { printableLines } from '../lab/printable.ts';
import { readConfigFile } from './config-file.ts';
import { systemEnvironment } from './environment.ts';
import { createProgram } from './program.ts';
import { createSession } from './session.ts';

async function main(): Promise<void> {
  const argv = process.argv.slice(2);
  const session = createSession(systemEnvironment, argv);
  try {
    const program = await createProgram(session, await readConfigFile(systemEnvironment));
    await program.parseAsync(argv, { from: 'user' });
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

function sayFailed(error: unknown): void {
  process.stderr.write(`edgesync-lab failed: ${error instanceof Error ? error.stack : String(error)}\n`);
}

// Node would end with 1, and that says that an invariant was violated.
process.on('uncaughtException', (error) => {
  sayFailed(error);
  process.exit(EXIT.failed);
});

main().catch((error: unknown) => {
  sayFailed(error);
  process.exitCode = EXIT.failed;
});
