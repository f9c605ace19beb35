/**
 * What kafkajs hands over, as records. Nothing in a record may throw here: a handler that throws stops the consumer.
 */
import type { LogRecord } from '../log.ts';
import type { EachBatchPayload } from './client.ts';

export type KafkaBatch = EachBatchPayload['batch'];

/** Bytes that are not UTF-8 become U+FFFD, an absent key or value (a tombstone) becomes empty text. */
export function toRecords({ partition, messages }: KafkaBatch): LogRecord[] {
  return messages.map(({ offset, timestamp, key, value }) => ({
    partition,
    offset: Number(offset),
    time: Number(timestamp),
    key: key?.toString() ?? '',
    value: value?.toString() ?? '',
  }));
}
