/**
 * What a Redis in a container suffers, done by its own commands. It refuses writes as one does that has lost its
 * replicas (NOREPLICAS), and it evicts what it may evict under its policy, which is what has a time to live.
 */
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import { WorldFailed } from '../../errors.ts';
import type { Damage } from '../../system/mechanisms.ts';
import type { Engine } from './engine.ts';
import type { ContainerFacts } from './engine-facts.ts';

/** Where the containers are asked, and the clock by which one that is paused is waited for. */
export interface RedisAt {
  readonly engine: Pick<Engine, 'container' | 'execute'>;
  readonly clock: Clock;
}

/** Whoever paused it may be about to let it go on: several faults are healed side by side. */
const PAUSED_MS_MAX = 15_000;
const POLL_MS = 100;

/** How many replicas must be there for it to take a change. It has none. */
const REPLICAS = 'min-replicas-to-write';
/** Every other one: the order of names has nothing to do with what is in them. */
const EVICT_HALF = `
local all, cursor = {}, '0'
repeat
  local found = redis.call('SCAN', cursor, 'COUNT', 1000)
  cursor = found[1]
  for _, key in ipairs(found[2]) do if redis.call('PTTL', key) > 0 then all[#all + 1] = key end end
until cursor == '0'
table.sort(all)
local evicted = 0
for at = 1, #all, 2 do evicted = evicted + redis.call('UNLINK', all[at]) end
return evicted`;

interface Suffered {
  readonly container: string;
  /** How many entries were evicted; undefined: it refuses writes. */
  readonly evicted: number | undefined;
}

export class RedisDamages {
  readonly #at: RedisAt;
  readonly #suffered = new Map<string, Suffered>();

  constructor(at: RedisAt) {
    this.#at = at;
  }

  async inflict(id: string, container: string, damage: Damage): Promise<void> {
    if (damage === 'refuse-writes') {
      // Whatever becomes of the command, from now on it may be so.
      this.#suffered.set(id, { container, evicted: undefined });
      await command(this.#at, container, ['CONFIG', 'SET', REPLICAS, '1']);
    } else if (damage === 'evict') {
      const evicted = await command(this.#at, container, ['EVAL', EVICT_HALF, '0']);
      this.#suffered.set(id, { container, evicted: Number(evicted) });
    } else throw cannot(damage);
  }

  forget(id: string): void {
    this.#suffered.delete(id);
  }

  /** By id, those that the server itself shows: one that was started anew since refuses nothing. */
  async counts({ id: container, state }: Pick<ContainerFacts, 'id' | 'state'>): Promise<Readonly<Record<string, number>>> {
    const here = [...this.#suffered].filter(([, suffered]) => suffered.container === container);
    const done = here.flatMap(([id, { evicted }]) => (evicted === undefined ? [] : [[id, evicted] as const]));
    const refusing = here.filter(([, { evicted }]) => evicted === undefined);
    const isRefusing = refusing.length > 0 && state === 'running' && (await refusesWrites(this.#at, container));
    return Object.fromEntries([...done, ...(isRefusing || state === 'paused' ? refusing.map(([id]) => [id, 0] as const) : [])]);
  }
}

/** What cannot be in force in a container needs nothing: one that is gone or stopped begins without it. */
export async function acceptWrites(at: RedisAt, container: string): Promise<void> {
  const facts = await at.engine.container(container);
  if (facts === undefined || facts.state === 'stopped') return;
  await command(at, container, ['CONFIG', 'SET', REPLICAS, '0']);
}

/** Faults ask before they are injected what a world can do, so this is a bug. */
export function cannot(damage: Damage): WorldFailed {
  return new WorldFailed(`expected what a container can suffer, got ${damage}`);
}

/** As the server itself says. */
export async function refusesWrites(at: RedisAt, container: string): Promise<boolean> {
  return (await command(at, container, ['CONFIG', 'GET', REPLICAS])).split('\n').at(-1) === '1';
}

/** Throws WorldFailed with what it said, for redis-cli tells an error of the server on the same output. */
async function command({ engine, clock }: RedisAt, container: string, words: readonly string[]): Promise<string> {
  const untilMs = clock.monotonicMs() + PAUSED_MS_MAX;
  while ((await engine.container(container))?.state === 'paused' && clock.monotonicMs() < untilMs) await sleep(clock, POLL_MS);
  const { exitCode, output } = await engine.execute(container, ['redis-cli', '-e', ...words]);
  const said = output.trim();
  if (exitCode === 0) return said;
  throw new WorldFailed(`redis-cli ${words[0]}: ${said === '' ? `ended with ${exitCode}` : said}`);
}
