/** A log that does what another does: what starts from it changes a part. */
import type { InvalidationLog, LogMessage, LogSubscriber, LogSubscription, PartitionBounds } from '../../services/log/log.ts';

export class DecoratedLog implements InvalidationLog {
  protected readonly log: InvalidationLog;

  constructor(log: InvalidationLog) {
    this.log = log;
  }

  append(messages: readonly LogMessage[]): Promise<void> {
    return this.log.append(messages);
  }

  subscribe(subscriber: LogSubscriber): Promise<LogSubscription> {
    return this.log.subscribe(subscriber);
  }

  bounds(): Promise<readonly PartitionBounds[]> {
    return this.log.bounds();
  }

  connected(): boolean {
    return this.log.connected();
  }

  close(): Promise<void> {
    return this.log.close();
  }
}
