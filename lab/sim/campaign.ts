/**
 * Many seeds, on several processes. They are handed out in their order, a few at a time; with `stopAtFailure` none above the lowest
 * that failed is begun any more, so the one it ends with is the first whatever runs beside it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WorldFailed } from '../errors.ts';
import { isFailing, type SeedOutcome, type SeedSetup } from './outcome.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

export interface SeedRange {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
}

export interface CampaignOptions {
  readonly seeds: SeedRange;
  readonly setup: SeedSetup;
  /** How many processes. */
  readonly jobs: number;
  readonly stopAtFailure: boolean;
  /** Ends it after the seeds under way. */
  readonly signal: AbortSignal;
  readonly onOutcome: (outcome: SeedOutcome) => void;
}

const SEEDS_AT_ONCE = 4;
/** What a seed makes is garbage when it ends: with more room for the young, less of it is copied. The other cores have seeds of their own. */
const GARBAGE = ['--min-semi-space-size=32', '--max-semi-space-size=32', '--single-threaded-gc'] as const;

/** Hands out seeds, none twice. */
class Queue {
  readonly #options: CampaignOptions;
  #next: number;
  #last: number;

  constructor(options: CampaignOptions) {
    this.#options = options;
    this.#next = options.seeds.from;
    this.#last = options.seeds.to;
  }

  take(count: number): readonly number[] {
    const seeds: number[] = [];
    while (seeds.length < count && this.#next <= this.#last && !this.#options.signal.aborted) {
      seeds.push(this.#next);
      this.#next += 1;
    }
    return seeds;
  }

  note(outcome: SeedOutcome): void {
    if (this.#options.stopAtFailure && isFailing(outcome)) this.#last = Math.min(this.#last, outcome.seed);
    this.#options.onOutcome(outcome);
  }
}

/** Resolves when all are done, or at the first that fails, or after an abort. Throws WorldFailed when a process is lost. */
export async function runCampaign(options: CampaignOptions): Promise<void> {
  const queue = new Queue(options);
  const jobs = Math.min(options.jobs, Math.ceil((options.seeds.to - options.seeds.from + 1) / SEEDS_AT_ONCE));
  await Promise.all(Array.from({ length: jobs }, () => work(queue, options.setup)));
}

/** The bundle has the worker beside it; in a checkout it is the TypeScript file. */
function workerFile(): string {
  const bundled = fileURLToPath(new URL('./sim-worker.js', import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL('./worker.ts', import.meta.url));
}

async function work(queue: Queue, setup: SeedSetup): Promise<void> {
  const worker = fork(workerFile(), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [...GARBAGE] });
  try {
    await driven(worker, queue, setup);
  } finally {
    worker.kill('SIGTERM');
  }
}

function driven(worker: ChildProcess, queue: Queue, setup: SeedSetup): Promise<void> {
  return new Promise((resolve, reject) => {
    const send = (message: ToWorker) => worker.send(message);
    const next = () => {
      const seeds = queue.take(SEEDS_AT_ONCE);
      if (seeds.length === 0) resolve();
      else send({ type: 'run', seeds });
    };
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'outcome') queue.note(message.outcome);
      else if (message.type === 'idle') next();
      else reject(new WorldFailed(`a simulation could not be run: ${message.message}`));
    });
    worker.once('exit', (code, killedBy) => reject(new WorldFailed(`a process that simulates ended (${killedBy ?? `exit ${code}`})`)));
    send({ type: 'setup', setup });
    next();
  });
}
