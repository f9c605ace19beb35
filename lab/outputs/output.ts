/**
 * What a run leaves beside its exit code: lines on a screen, a stream of JSON, a folder of files. Each of them is this
 * one interface, which is k6's idea: an output is started, is told what happens while it happens, and is stopped with
 * what the run came to. `outputs.ts` has a row for each.
 */
import type { Clock } from '../../services/runtime/clock.ts';
import type { HistoryLine } from '../history/history-lines.ts';
import type { LabEvent } from '../report/events.ts';
import type { RanScenario } from '../report/ran.ts';
import type { ReportSource } from '../report/source.ts';
import type { Scenario } from '../scenarios/scenario.ts';

/** What is known of a run before it begins. */
export type RunBegun = Omit<ReportSource, 'history' | 'summary'>;
/** Of a scenario. */
export function toBegun(
  { id, title, description = '' }: Pick<Scenario, 'id' | 'title' | 'description'>,
  run: Pick<RunBegun, 'backend' | 'seed' | 'version'>,
): RunBegun {
  return { scenario: id, title, description, ...run };
}

/** What it came to. */
export type RunEnded = Pick<ReportSource, 'history' | 'summary'>;
/** What happens in a run. Its Summary is not among it: an output is stopped with that. */
export type RunEvent = Exclude<LabEvent, { type: 'Summary' }>;

/**
 * Every method may be left out. `addEvent` and `addLine` are called while the run goes on, so an output must not wait
 * in them.
 */
export interface Output {
  /**
   * Before the run begins. An output with this method is told nothing before it has started. Throws InvalidInput when
   * the output cannot be made.
   */
  start?(run: RunBegun): Promise<void>;
  addEvent?(event: RunEvent): void;
  /** The history, as it grows. */
  addLine?(line: HistoryLine): void;
  /** The end of the run. Throws WorldFailed when the output could not be written whole. */
  stop?(ended: RunEnded): Promise<void> | void;
}

/** An option of a command, by which outputs are asked for. */
export interface OutputOption {
  /** `--out <dir>`, as commander reads it. */
  readonly flags: string;
  readonly about: string;
  /** The variable of the environment that says the same. */
  readonly variable: string;
}

/** The values of the options by their names: a text, true, or left out. */
export type Asked = Readonly<Record<string, unknown>>;

/** Tells how far something is that goes on: one line that changes on a terminal, elsewhere a line now and then. */
export interface Progress {
  /** How often it is worth telling. */
  readonly everyMs: number;
  /** In place of what was told before, where that can be. */
  tell(text: string): void;
  /** It goes on no more: nothing of it stays on a terminal. */
  end(): void;
}

/** What outputs are made of. */
export interface OutputMeans {
  readonly asked: Asked;
  /** Takes results: standard output. */
  readonly line: (text: string) => void;
  /** Takes errors: standard error. */
  readonly note: (text: string) => void;
  readonly progress: Progress;
  readonly clock: Clock;
  /** Of all runs of one command: who has one to show adds it. */
  readonly ran: RanScenario[];
}

/** When the last of several runs has ended, or was the last to begin. */
export interface AllEnded {
  readonly asked: Asked;
  readonly ran: readonly RanScenario[];
  /** What was asked for and never began. */
  readonly notRun: readonly string[];
}

/** A kind of output. */
export interface OutputKind {
  readonly options: readonly OutputOption[];
  /** Once, before the first of several runs. Throws InvalidInput. */
  check?(asked: Asked): Promise<void>;
  /** One for one run; undefined: nobody asked for it. */
  open(means: OutputMeans): Output | undefined;
  /**
   * Once, after the last of several runs, whatever became of them. Throws WorldFailed when something could not be
   * written whole.
   */
  finish?(ended: AllEnded): Promise<void>;
}
