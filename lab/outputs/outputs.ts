/**
 * The outputs of a run, a row for each, and all of them as one. They are stopped in the order of the table: what keeps
 * a run comes before what tells it, for a verdict that could not be saved is none.
 */
import { EXIT, type ExitCode, worstOf } from '../errors.ts';
import type { OnHistoryLine } from '../history/history-lines.ts';
import type { Report, Summary } from '../report/events.ts';
import { allScenarios } from './all-scenarios.ts';
import { folder } from './folder.ts';
import { ndjson } from './ndjson.ts';
import type { AllEnded, Asked, Output, OutputKind, OutputMeans, OutputOption, RunBegun, RunEnded } from './output.ts';
import { plain } from './plain.ts';

const OUTPUTS: readonly OutputKind[] = [folder, allScenarios, ndjson, plain];

/** The options of all outputs. */
export const OUTPUT_OPTIONS: readonly OutputOption[] = OUTPUTS.flatMap(({ options }) => options);

/** Once, before the first of several runs. Throws InvalidInput. */
export async function checkOutputs(asked: Asked): Promise<void> {
  for (const kind of OUTPUTS) await kind.check?.(asked);
}

/** Once, after the last of several runs. Throws WorldFailed when something could not be written whole. */
export async function finishOutputs(ended: AllEnded): Promise<void> {
  for (const kind of OUTPUTS) await kind.finish?.(ended);
}

/** For one run. */
export function openOutputs(means: OutputMeans): Outputs {
  return new Outputs(OUTPUTS.map((kind) => kind.open(means)).filter((output) => output !== undefined));
}

export class Outputs {
  readonly #all: readonly Output[];
  /** Those that hear of the run: not yet those that still have to start. */
  #started: readonly Output[];

  constructor(outputs: readonly Output[]) {
    this.#all = outputs;
    this.#started = outputs.filter(({ start }) => start === undefined);
  }

  /** Before anything of the run. Throws InvalidInput when one of them cannot; that one is then told nothing. */
  async start(run: RunBegun): Promise<void> {
    const waiting = new Set(this.#all.filter(({ start }) => start !== undefined));
    for (const output of waiting) {
      await output.start?.(run);
      waiting.delete(output);
      this.#started = this.#all.filter((other) => !waiting.has(other));
    }
  }

  /** Takes the events of the run. The Summary waits for `stop`. */
  readonly report: Report = (event) => {
    if (event.type !== 'Summary') for (const output of this.#started) output.addEvent?.(event);
  };

  /** Takes the history of the run as it grows; undefined: nobody wants it. */
  get onHistoryLine(): OnHistoryLine | undefined {
    const takers = this.#started.filter(({ addLine }) => addLine !== undefined);
    if (takers.length === 0) return undefined;
    return (line) => {
      for (const output of takers) output.addLine?.(line);
    };
  }

  /** Answers what the run came to: where one of them is not there whole, the lab failed, and those after it tell so. */
  async stop({ history, summary: given }: RunEnded): Promise<Summary> {
    let summary = given;
    for (const output of this.#started) {
      try {
        await output.stop?.({ history, summary });
      } catch (error) {
        summary = toUnsaved(summary, error);
      }
    }
    return summary;
  }
}

/** A history that is not whole, or reports that are not there, are the lab's failure, whatever the verdict. */
function toUnsaved(summary: Summary, error: unknown): Summary {
  const why = error instanceof Error ? error.message : String(error);
  const exitCode = worstOf([summary.exitCode as ExitCode, EXIT.failed]);
  return { ...summary, status: 'failed', verdict: 'unknown', exitCode, error: [summary.error, why].filter(Boolean).join('; ') };
}
