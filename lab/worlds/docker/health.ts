/** Waits for a container to be healthy, and says why it is not. */
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import { InvalidInput, WorldFailed } from '../../errors.ts';
import type { Engine } from './engine.ts';
import type { ContainerFacts } from './engine-facts.ts';

const POLL_MS = 250;
/** What a service ends with when its configuration is wrong. */
const EXIT_CONFIGURATION = 78;

export interface UntilHealthyOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly id: string;
  readonly service: string;
  readonly withinMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Throws WorldFailed with its last words when it ends, is unhealthy, or takes too long. */
export async function untilHealthy({ engine, clock, id, service, withinMs, signal }: UntilHealthyOptions): Promise<void> {
  const deadline = clock.monotonicMs() + withinMs;
  for (;;) {
    signal?.throwIfAborted();
    const facts = await engine.container(id);
    if (facts === undefined) throw new WorldFailed(`${service}: its container was removed while it started`);
    if (isHealthy(facts)) return;
    if (facts.state === 'stopped') throw await explain(engine, facts, endOf(facts));
    if (facts.health === 'unhealthy') throw await explain(engine, facts, 'is unhealthy');
    if (clock.monotonicMs() > deadline) throw await explain(engine, facts, `is not healthy after ${withinMs} ms`);
    await sleep(clock, POLL_MS, signal);
  }
}

export function isHealthy({ state, health }: ContainerFacts): boolean {
  return state === 'running' && (health === undefined || health === 'healthy');
}

export function endOf({ exitCode, outOfMemory }: ContainerFacts): string {
  return outOfMemory ? 'ended: it was out of memory' : `ended with exit ${exitCode}`;
}

async function explain(engine: Engine, { id, service, exitCode }: ContainerFacts, what: string): Promise<Error> {
  const lines = await engine.logs(id).catch(() => []);
  const message = [`${service} ${what}${lines.length > 0 ? '; its last lines:' : ''}`, ...lines.map((line) => `  ${line}`)].join('\n');
  return exitCode === EXIT_CONFIGURATION ? new InvalidInput(message) : new WorldFailed(message);
}

const UP_MS_MAX = 20_000;

/**
 * Of a node started again under faults: healthy, or running for so long that something else keeps it from being so, such as
 * another fault in force. Throws WorldFailed when it ends.
 */
export async function untilUp(options: Omit<UntilHealthyOptions, 'withinMs'>): Promise<void> {
  const { engine, clock, id, service } = options;
  const deadline = clock.monotonicMs() + UP_MS_MAX;
  while (clock.monotonicMs() < deadline) {
    const facts = await engine.container(id);
    if (facts === undefined) throw new WorldFailed(`${service}: its container was removed while it started`);
    if (isHealthy(facts)) return;
    if (facts.state === 'stopped') throw await explain(engine, facts, endOf(facts));
    await sleep(clock, POLL_MS, options.signal);
  }
}
