/** As the original EdgeSync had it: the consumer sleeps for the propagation delay of each record, one after another. */
import type { InvalidationLog, LogRecord, LogSubscriber, LogSubscription } from '../../services/log/log.ts';
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import { DecoratedLog } from './decorated-log.ts';
import type { Mutant } from './mutant.ts';

class SerialLog extends DecoratedLog {
  readonly #clock: Clock;
  readonly #delayMs: number;

  constructor(log: InvalidationLog, clock: Clock, delayMs: number) {
    super(log);
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  override subscribe(subscriber: LogSubscriber): Promise<LogSubscription> {
    let tail: Promise<void> = Promise.resolve();
    /** What was read before an assignment is not delivered after it. */
    let epoch = 0;
    const deliver = async (partition: number, record: LogRecord, of: number) => {
      await sleep(this.#clock, this.#delayMs);
      if (of === epoch) subscriber.onRecords(partition, [record]);
    };
    return this.log.subscribe({
      group: subscriber.group,
      onAssigned: (bounds) => {
        epoch += 1;
        return subscriber.onAssigned(bounds);
      },
      onRecords: (partition, records) => {
        const of = epoch;
        for (const record of records) tail = tail.then(() => deliver(partition, record, of));
      },
    });
  }
}

export const sleepSerially: Mutant = {
  name: 'sleep-serially',
  about: 'the propagation delay of an invalidation begins only when the invalidation before it is applied',
  caughtBy: ['stale-after-bound', 'lost-invalidation', 'resurrection', 'purge-ignored'],
  shownBy: 'burst',
  edge: (ports, { config, clock }) => ({ ...ports, log: new SerialLog(ports.log, clock, config.PROPAGATION_DELAY) }),
};
