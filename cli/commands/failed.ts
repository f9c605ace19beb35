/** How a command ends with an error: in a sentence, with its exit code; by a signal, with that of a signal. */
import { EXIT, exitCodeOf, NotHealed } from '../../lab/errors.ts';
import { printableLines } from '../../lab/input/printable.ts';
import { createReleasers, type Releasers } from '../../services/runtime/releasers.ts';
import type { Session } from '../session.ts';

/** What it needs of a session. */
type Ending = Pick<Session, 'signal' | 'exitWith'> & { readonly output: Pick<Session['output'], 'note'> };

/** A signal explains every failure but one: what could not be healed stays broken. */
export async function orFail(session: Ending, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (session.signal.aborted && !(error instanceof NotHealed)) return session.exitWith(EXIT.interrupted);
    session.output.note(printableLines(error instanceof Error ? error.message : String(error)));
    session.exitWith(exitCodeOf(error));
  }
}

/** The same, and whatever becomes of it, what it has acquired is released. */
export async function orFailReleasing(session: Ending, run: (releasers: Releasers) => Promise<void>): Promise<void> {
  const releasers = createReleasers();
  await orFail(session, () => run(releasers));
  await orFail(session, () => releasers.release());
}
