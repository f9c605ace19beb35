/** A logger that warns of the same thing once in a while: what repeats while Kafka is away is for debugging. */
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/log.ts';

const SAME_WARNING_EVERY_MS = 10_000;
/** Sentences of kafkajs name hosts and offsets: there may be many. */
const REMEMBERED_MAX = 100;

export function withoutRepeats(logger: Logger, clock: Clock): Logger {
  const warnedMs = new Map<string, number>();
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    error: (fields, message) => logger.error(fields, message),
    warn(fields, message) {
      const nowMs = clock.monotonicMs();
      if (nowMs - (warnedMs.get(message) ?? Number.NEGATIVE_INFINITY) < SAME_WARNING_EVERY_MS) return logger.debug(fields, message);
      if (warnedMs.size >= REMEMBERED_MAX) warnedMs.clear();
      warnedMs.set(message, nowMs);
      logger.warn(fields, message);
    },
  };
}
