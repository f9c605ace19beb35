/**
 * Waits for a container to be ready, and says why it is not. Ready is what its own health check says, run by the lab
 * itself: the engine runs it every few seconds only, and a start is a chain of waits.
 */
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import { InvalidInput, WorldFailed } from '../../errors.ts';
import type { Engine } from './engine.ts';
import type { ContainerFacts } from './engine-facts.ts';

const POLL_MS = 400;
/** Of a node started again under faults: then something else, such as another fault, keeps it from being ready. */
const UP_MS_MAX = 45_000;
/** What a service ends with when its configuration is wrong. */
const EXIT_CONFIGURATION = 78;

type Asked = Pick<Engine, 'container' | 'execute' | 'logs'>;

export interface UntilReadyOptions {
  readonly engine: Asked;
  readonly clock: Clock;
  readonly id: string;
  readonly service: string;
  readonly signal?: AbortSignal | undefined;
}

/** Throws WorldFailed with its last words when it ends or takes too long. */
export async function untilReady(options: UntilReadyOptions, withinMs: number): Promise<void> {
  const facts = await pollReady(options, withinMs);
  if (facts !== undefined) throw await explain(options.engine, facts, `is not ready after ${withinMs} ms`);
}

/** Of a node started again: ready, or running for as long as that may take. Throws WorldFailed when it ends. */
export async function untilUp(options: UntilReadyOptions): Promise<void> {
  await pollReady(options, UP_MS_MAX);
}

/** undefined: ready; else how it was in the end. */
async function pollReady({ engine, clock, id, service, signal }: UntilReadyOptions, withinMs: number): Promise<ContainerFacts | undefined> {
  const deadline = clock.monotonicMs() + withinMs;
  for (;;) {
    signal?.throwIfAborted();
    const facts = await engine.container(id);
    if (facts === undefined) throw new WorldFailed(`${service}: its container was removed while it started`);
    if (facts.state === 'stopped') throw await explain(engine, facts, endOf(facts));
    if (await isReady(engine, facts)) return undefined;
    if (clock.monotonicMs() > deadline) return facts;
    await sleep(clock, POLL_MS, signal);
  }
}

/** One that ends meanwhile is not ready; the next look says so. */
async function isReady(engine: Asked, facts: ContainerFacts): Promise<boolean> {
  if (isHealthy(facts) || facts.healthCommand === undefined) return facts.state === 'running';
  const { exitCode } = await engine.execute(facts.id, facts.healthCommand).catch(() => ({ exitCode: -1 }));
  return exitCode === 0;
}

/** Throws WorldFailed, with its last words, where a container has ended. */
export async function refuseStopped({ engine, id }: Pick<UntilReadyOptions, 'engine' | 'id'>): Promise<void> {
  const facts = await engine.container(id);
  if (facts?.state === 'stopped') throw await explain(engine, facts, endOf(facts));
}

export function isHealthy({ state, health }: ContainerFacts): boolean {
  return state === 'running' && (health === undefined || health === 'healthy');
}

export function endOf({ exitCode, outOfMemory }: ContainerFacts): string {
  return outOfMemory ? 'ended: it was out of memory' : `ended with exit ${exitCode}`;
}

async function explain(engine: Asked, { id, service, exitCode }: ContainerFacts, what: string): Promise<Error> {
  const lines = await engine.logs(id).catch(() => []);
  const message = [`${service} ${what}${lines.length > 0 ? '; its last lines:' : ''}`, ...lines.map((line) => `  ${line}`)].join('\n');
  return exitCode === EXIT_CONFIGURATION ? new InvalidInput(message) : new WorldFailed(message);
}
