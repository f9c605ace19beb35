/** The log that an address names. Only the adapter asked for is loaded. */
import { INVALIDATION_PARTITIONS } from '../protocol/invalidation.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/log.ts';
import type { LogAddress } from '../runtime/service-settings.ts';
import type { InvalidationLog } from './log.ts';

export interface OpenLogOptions {
  readonly address: LogAddress;
  readonly clientId: string;
  /** Makes the topic where it is missing: the origin does. */
  readonly createTopic: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Does not wait for Kafka. */
export async function openLog({ address, ...options }: OpenLogOptions): Promise<InvalidationLog> {
  if (address === 'memory:') {
    const { MemoryLog } = await import('./memory.ts');
    return new MemoryLog({ clock: options.clock, partitions: INVALIDATION_PARTITIONS });
  }
  const { KafkaLog } = await import('./kafka.ts');
  return KafkaLog.open({ brokers: address, ...options });
}
