/** What a Kafka suffers: it is told so here, and the log that all have of it behaves so. */
import type { InvalidationLog, LogMessage } from '../../../services/log/log.ts';
import type { MemoryLog } from '../../../services/log/memory.ts';
import { parseUnmarked } from '../../../services/protocol/heartbeat.ts';
import { type InvalidationEvent, parseInvalidation } from '../../../services/protocol/invalidation.ts';
import type { Random } from '../../../services/runtime/random.ts';
import { WorldFailed } from '../../errors.ts';
import { DecoratedLog } from '../../mutants/decorated-log.ts';
import type { Damage } from '../../system/mechanisms.ts';
import type { Damages } from './nodes.ts';

export interface LogDamagesOptions {
  /** Behind the log. */
  readonly server: MemoryLog;
  readonly random: Random;
}

/** Of nobody. */
const TARGET = 'nobody';

export class LogDamages implements Damages {
  readonly #options: LogDamagesOptions;
  readonly #counts = new Map<string, number>();
  /** Those that make what is appended unreadable. */
  readonly #garbling = new Set<string>();

  constructor(options: LogDamagesOptions) {
    this.#options = options;
  }

  inflict(id: string, damage: Damage): void {
    const { server } = this.#options;
    if (damage === 'garble') {
      this.#counts.set(id, 0);
      this.#garbling.add(id);
    } else if (damage === 'truncate') this.#counts.set(id, server.dropAll());
    else if (damage === 'recreate')
      this.#counts.set(
        id,
        server.recreate(() => this.#nobodys()),
      );
    else throw new WorldFailed(`expected a damage of a log, got ${damage}`);
  }

  repair(id: string): void {
    this.#garbling.delete(id);
    this.#counts.delete(id);
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** The log that everybody has. */
  on(log: InvalidationLog): InvalidationLog {
    return new DamagedLog(log, (message) => this.#passed(message));
  }

  /**
   * Of what asks for a mode of its own nobody could tell any more that it did: only what every region takes by its
   * strategy is garbled. Nor what invalidates nothing.
   */
  #passed(message: LogMessage): LogMessage {
    if (this.#garbling.size === 0 || parseInvalidation(message.value)?.mode !== undefined) return message;
    if (parseUnmarked(message.value) !== undefined) return message;
    for (const id of this.#garbling) this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    return { ...message, value: message.value.slice(0, message.value.length / 2) };
  }

  #nobodys(): LogMessage {
    const event: InvalidationEvent = {
      id: this.#options.random.uuid(),
      type: 'key',
      target: TARGET,
      version: 1,
      timestamp: '',
      priority: 'normal',
    };
    return { key: TARGET, value: JSON.stringify(event), headers: {} };
  }
}

class DamagedLog extends DecoratedLog {
  readonly #passed: (message: LogMessage) => LogMessage;

  constructor(log: InvalidationLog, passed: (message: LogMessage) => LogMessage) {
    super(log);
    this.#passed = passed;
  }

  override append(messages: readonly LogMessage[]): Promise<void> {
    return super.append(messages.map(this.#passed));
  }
}
