/** How a command ends with an error: in a sentence, with its exit code; by a signal, with that of a signal. */
import { EXIT, exitCodeOf } from '../../lab/errors.ts';
import { printableLines } from '../../lab/printable.ts';
import type { Session } from '../session.ts';

export async function orFail(session: Session, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (session.signal.aborted) return session.exitWith(EXIT.interrupted);
    session.output.note(printableLines(error instanceof Error ? error.message : String(error)));
    session.exitWith(exitCodeOf(error));
  }
}
