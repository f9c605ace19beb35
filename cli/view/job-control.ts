/**
 * Ctrl-Z and `fg`, and whatever else stops the program and lets it go on.
 *
 * A stop that is asked for (Ctrl-Z, SIGTSTP) is told before: the terminal is given back, then the whole process group
 * stops, as vim and less do it, so that the shell behind `npm start` sees its job stop. The services of the embedded
 * world are in that group and stand still as well. One that is not asked for (SIGSTOP) is seen afterwards only, by
 * SIGCONT.
 *
 * States: going -> stopping -> going
 */
import type { Clock } from '../../services/runtime/clock.ts';

export interface JobControl {
  /** Stops the process group. Where no shell could let it go on again, the system refuses, and it goes on at once. */
  stop(): void;
  close(): void;
}

export interface JobControlOptions {
  readonly clock: Pick<Clock, 'setTimer'>;
  /** Gives the terminal back, and calls `isBack` when it has it. */
  readonly onStop: (isBack: () => void) => void;
  /** Also when it did not stop after all. */
  readonly onContinue: () => void;
}

/** A terminal that takes nothing is not waited for longer. */
const BACK_MS_MAX = 1_000;
/** The signal may reach another thread than the one that sent it. */
const STOPPED_MS_MAX = 50;
const OWN_GROUP = 0;

export function watchJobControl({ clock, onStop, onContinue }: JobControlOptions): JobControl {
  let isStopping = false;
  const goOn = () => {
    if (isStopping) process.on('SIGTSTP', stop);
    isStopping = false;
    onContinue();
  };
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    const overdue = clock.setTimer(BACK_MS_MAX, () => stopNow());
    const stopNow = () => {
      overdue.cancel();
      // Without a listener the signal does what it does to any program.
      process.off('SIGTSTP', stop);
      process.kill(OWN_GROUP, 'SIGTSTP');
      clock.setTimer(STOPPED_MS_MAX, () => void (isStopping && goOn()));
    };
    onStop(stopNow);
  };
  process.on('SIGTSTP', stop).on('SIGCONT', goOn);
  return { stop, close: () => void process.off('SIGTSTP', stop).off('SIGCONT', goOn) };
}
