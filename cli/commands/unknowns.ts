/**
 * What becomes of a verdict that is unknown, for CI on machines that others use, too: it is tried again, and counted as
 * one wants.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { EXIT, type ExitCode } from '../../lab/errors.ts';

export interface UnknownOptions {
  /** How often a scenario is run again at most. */
  readonly rerunUnknown?: number;
  readonly unknown?: 'fail' | 'warn';
}

const RERUNS_MAX = 10;

function parseReruns(text: string): number {
  if (!/^\d{1,2}$/.test(text) || Number(text) > RERUNS_MAX)
    throw new InvalidArgumentError(`Expected a whole number from 0 to ${RERUNS_MAX}.`);
  return Number(text);
}

export function addUnknownOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--rerun-unknown <times>',
        'run a scenario again, with the same seed, while its verdict is unknown; a fail is never run again',
      )
        .argParser(parseReruns)
        .env('EDGESYNC_RERUN_UNKNOWN'),
    )
    .addOption(
      new Option('--unknown <as>', 'what an unknown verdict counts as: fail, which ends with 2, or warn, which ends with 0')
        .choices(['fail', 'warn'])
        .env('EDGESYNC_UNKNOWN'),
    );
}

export interface Tries {
  /** From 1. */
  readonly run: (attempt: number) => Promise<ExitCode>;
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
}

/** The first verdict that is known, or unknown after all. Each try is reported as a run of its own. */
export async function untilKnown({ rerunUnknown = 0 }: UnknownOptions, { run, note, signal }: Tries): Promise<ExitCode> {
  let code = await run(1);
  for (let again = 1; code === EXIT.unknown && again <= rerunUnknown && !signal.aborted; again += 1) {
    note(`the verdict is unknown: running once more with the same seed (${again} of ${rerunUnknown})`);
    code = await run(again + 1);
  }
  return code;
}

/** Of all scenarios together. */
export function countedAs(code: ExitCode, { unknown = 'fail' }: UnknownOptions, note: (text: string) => void): ExitCode {
  if (code !== EXIT.unknown || unknown === 'fail') return code;
  note('a verdict is unknown, which --unknown warn lets pass');
  return EXIT.pass;
}
