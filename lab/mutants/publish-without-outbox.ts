/**
 * As the original EdgeSync had it: the invalidation is published after the commit, and an error of that is swallowed.
 */
import { type LogMessage, LogUnavailable } from '../../services/log/log.ts';
import { DecoratedLog } from './decorated-log.ts';
import type { Mutant } from './mutant.ts';

class PublishedOnce extends DecoratedLog {
  /** The relay takes it for sent. */
  override async append(messages: readonly LogMessage[]): Promise<void> {
    try {
      await this.log.append(messages);
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
    }
  }
}

export const publishWithoutOutbox: Mutant = {
  name: 'publish-without-outbox',
  about: 'an invalidation that the log does not take at once is never published',
  caughtBy: ['lost-invalidation', 'stale-after-bound', 'resurrection', 'purge-ignored'],
  shownBy: 'kafka-outage',
  origin: (ports) => ({ ...ports, log: new PublishedOnce(ports.log) }),
};
