/**
 * Many seeds, on several processes; or the same seeds under several setups, one after another, on the same processes.
 * They are handed out in their order, a few at a time; with `stopAtFailure` none above the lowest that failed is begun
 * any more, so the one it ends with is the first whatever runs beside it. A seed that ends its process has failed;
 * another process goes on with what was left.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { WorldFailed } from '../errors.ts';
import { brokenDown, isFailing, type SeedOutcome, type SeedSetup } from './outcome.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

export interface SeedRange {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
}

/** What its seeds are run with, and who hears what became of them. */
export interface Campaign {
  readonly setup: SeedSetup;
  readonly onOutcome: (outcome: SeedOutcome) => void;
}

export interface CampaignsOptions {
  readonly campaigns: readonly Campaign[];
  readonly seeds: SeedRange;
  /** How many processes. */
  readonly jobs: number;
  readonly stopAtFailure: boolean;
  /** Ends them after the seeds under way. */
  readonly signal: AbortSignal;
}

const SEEDS_AT_ONCE = 4;
/** One may be killed by a machine that is short of something; so many in a row cannot be started here. */
const FALSE_STARTS_MAX = 3;
/**
 * What a seed makes is garbage when it ends. Most seeds fit into the room for the young, which is cleared between two
 * seeds: little is copied then. The other cores have seeds of their own.
 */
export const GARBAGE = [
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
  '--no-minor-gc-task',
  '--expose-gc',
  '--single-threaded-gc',
] as const;

/** Some seeds of one campaign. */
interface Lot {
  readonly campaign: Campaign;
  readonly seeds: readonly number[];
}

/** Hands out seeds, none twice but those that were given back. */
class Queue {
  readonly #options: CampaignsOptions;
  readonly #size: number;
  /** Nothing above is begun any more, by campaign. */
  readonly #last = new Map<Campaign, number>();
  #returned: readonly Lot[] = [];
  #left: readonly Campaign[];
  #next: number;
  #falseStarts = 0;

  constructor(options: CampaignsOptions) {
    this.#options = options;
    const { seeds, jobs, campaigns } = options;
    this.#size = Math.min(SEEDS_AT_ONCE, Math.ceil(((seeds.to - seeds.from + 1) * campaigns.length) / jobs));
    this.#left = campaigns;
    this.#next = seeds.from;
  }

  /** undefined: all are handed out, or it was stopped. */
  take(): Lot | undefined {
    if (this.#options.signal.aborted || this.#falseStarts > FALSE_STARTS_MAX) return undefined;
    const [first, ...others] = this.#returned;
    if (first !== undefined) {
      this.#returned = others;
      const seeds = first.seeds.filter((seed) => seed <= this.#lastOf(first.campaign));
      return seeds.length > 0 ? { ...first, seeds } : this.take();
    }
    const [campaign] = this.#left;
    if (campaign === undefined) return undefined;
    const seeds: number[] = [];
    for (; seeds.length < this.#size && this.#next <= this.#lastOf(campaign); this.#next += 1) seeds.push(this.#next);
    if (seeds.length > 0) return { campaign, seeds };
    this.#left = this.#left.slice(1);
    this.#next = this.#options.seeds.from;
    return this.take();
  }

  /** Nobody has begun them. */
  giveBack(lot: Lot): void {
    this.#returned = [...this.#returned, lot];
  }

  /** A process has taken its first lot. */
  started(): void {
    this.#falseStarts = 0;
  }

  /**
   * A process ended before it took its first lot. Throws WorldFailed when there were too many of them: nothing more is
   * handed out.
   */
  falseStart(lot: Lot, why: string): void {
    this.giveBack(lot);
    this.#falseStarts += 1;
    if (this.#falseStarts > FALSE_STARTS_MAX) throw new WorldFailed(`${why}, before it ran anything, ${this.#falseStarts} times in a row`);
  }

  note(campaign: Campaign, outcome: SeedOutcome): void {
    const { stopAtFailure } = this.#options;
    if (stopAtFailure && isFailing(outcome)) this.#last.set(campaign, Math.min(this.#lastOf(campaign), outcome.seed));
    campaign.onOutcome(outcome);
  }

  #lastOf(campaign: Campaign): number {
    return this.#last.get(campaign) ?? this.#options.seeds.to;
  }
}

/**
 * Resolves when all are done, or at the first that fails, or after an abort. Throws WorldFailed when no process can run
 * them.
 */
export async function runCampaigns(options: CampaignsOptions): Promise<void> {
  const { campaigns, seeds } = options;
  const queue = new Queue(options);
  const jobs = Math.min(options.jobs, campaigns.length * (seeds.to - seeds.from + 1));
  const worked = await Promise.allSettled(Array.from({ length: jobs }, () => work(queue)));
  for (const { reason } of worked.filter((one) => one.status === 'rejected')) throw reason;
}

/** The bundle has the worker beside it; in a checkout it is the TypeScript file. */
function workerFile(): string {
  const bundled = fileURLToPath(new URL('./sim-worker.js', import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL('./worker.ts', import.meta.url));
}

/** One process after another, each until a seed ends it. */
async function work(queue: Queue): Promise<void> {
  for (let lot = queue.take(); lot !== undefined; lot = queue.take()) {
    const worker = fork(workerFile(), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [...GARBAGE] });
    try {
      await driven(worker, queue, lot);
    } finally {
      worker.kill('SIGTERM');
    }
  }
}

/**
 * Resolves when there is nothing left for it, or a seed has ended it. Throws WorldFailed when no process can be
 * started.
 */
function driven(worker: ChildProcess, queue: Queue, first: Lot): Promise<void> {
  return new Promise((resolve, reject) => {
    const send = (message: ToWorker) => worker.send(message, () => {});
    let underWay: Lot | undefined;
    let lastWords: string | undefined;
    const give = (lot: Lot | undefined) => {
      if (lot === undefined) return resolve();
      if (lot.campaign !== underWay?.campaign) send({ type: 'setup', setup: lot.campaign.setup });
      underWay = lot;
      send({ type: 'run', seeds: lot.seeds });
    };
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'ready') {
        queue.started();
        give(first);
      } else if (message.type === 'idle') give(queue.take());
      else if (message.type === 'crashed') lastWords = message.message;
      else if (underWay !== undefined) {
        underWay = { ...underWay, seeds: underWay.seeds.slice(1) };
        queue.note(underWay.campaign, message.outcome);
      }
    });
    const onFalseStart = (why: string) => {
      try {
        queue.falseStart(first, why);
        resolve();
      } catch (error) {
        reject(error);
      }
    };
    worker.once('error', (error) => {
      if (underWay === undefined) onFalseStart(`a process that simulates could not be started: ${error.message}`);
    });
    worker.once('exit', (code, killedBy) => {
      const how = `a process that simulates ended (${killedBy ?? `exit ${code}`})`;
      if (underWay === undefined) return onFalseStart(how);
      const { campaign, seeds } = underWay;
      const [seed, ...rest] = seeds;
      const error = lastWords === undefined ? how : `${how}: ${lastWords}`;
      if (seed !== undefined) queue.note(campaign, { ...brokenDown(seed, error), crashed: true });
      if (rest.length > 0) queue.giveBack({ campaign, seeds: rest });
      resolve();
    });
  });
}
