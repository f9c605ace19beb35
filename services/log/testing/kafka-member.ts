/**
 * A member of a group in a process of its own, to be killed: broker, topic and group as arguments. Says when it has
 * partitions.
 */
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/log.ts';
import { KafkaLog } from '../kafka.ts';

const [brokers = '', topic = '', group = ''] = process.argv.slice(2);
const log = KafkaLog.open({ brokers: brokers.split(','), clientId: 'member', clock: systemClock, logger: silentLogger, topic });
await log.subscribe({
  group,
  onAssigned: async (bounds) => new Map(bounds.map(({ partition, start }) => [partition, start])),
  onRecords: () => {},
});
process.stdout.write('assigned\n');
