/**
 * Applies that fail again and again, as while a Redis refuses: a warning when it begins in a partition, a line when it
 * is over with how often it failed. What comes between is for debugging: a queue tries some ten times a second.
 */
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';

export interface ApplyFailuresOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

interface Spell {
  readonly sinceMs: number;
  failures: number;
}

export class ApplyFailures {
  readonly #options: ApplyFailuresOptions;
  /** By partition. */
  readonly #spells = new Map<number, Spell>();

  constructor(options: ApplyFailuresOptions) {
    this.#options = options;
  }

  /** Somewhere it failed more than once in a row. */
  get areRepeated(): boolean {
    return [...this.#spells.values()].some(({ failures }) => failures > 1);
  }

  failed(partition: number, error: unknown): void {
    const { region, clock, logger } = this.#options;
    const spell = this.#spells.get(partition) ?? { sinceMs: clock.monotonicMs(), failures: 0 };
    this.#spells.set(partition, spell);
    spell.failures += 1;
    logger[spell.failures === 1 ? 'warn' : 'debug']({ region, partition, error: String(error) }, 'apply failed');
  }

  applied(partition: number): void {
    const spell = this.#spells.get(partition);
    if (spell === undefined) return;
    this.#spells.delete(partition);
    const { region, clock, logger } = this.#options;
    const forMs = Math.round(clock.monotonicMs() - spell.sinceMs);
    logger.info({ region, partition, failures: spell.failures, forMs }, 'applies again');
  }
}
