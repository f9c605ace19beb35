/** Heals what a lab that is gone left behind: exactly what its journal lists, and toxics of ours that no journal knows. */
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import type { Clients } from '../../clients.ts';
import { openHttpClients } from '../../http-clients.ts';
import type { Journal, JournalEntry, Undo } from '../../journal.ts';
import { reconnect, TOXIC_PREFIX } from './control.ts';
import type { Engine } from './engine.ts';
import type { ContainerFacts } from './engine-facts.ts';
import { untilUp } from './health.ts';
import type { Links } from './links.ts';

export interface UndoAllOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly journal: Journal;
  /** By service. */
  readonly containers: ReadonlyMap<string, ContainerFacts>;
  /** undefined when nothing of the cluster is there. */
  readonly links: Links | undefined;
  readonly adminToken: string;
}

export interface Undone {
  /** What was removed, in words. */
  readonly healed: readonly string[];
  /** What could not be, with the reason. */
  readonly left: readonly string[];
}

const CONFIGURE_MS_MAX = 15_000;
const POLL_MS = 200;
/** How long a request to the engine may still be on its way after the lab that sent it is gone. */
const LATE_ACT_MS_MAX = 3_000;

/** Nodes first, so that what is asked of a node finds it there. */
const ORDER: readonly JournalEntry['undo']['do'][] = ['resume', 'start', 'reconnect', 'enable', 'repair', 'configure'];

export async function undoAll(options: UndoAllOptions): Promise<Undone> {
  const { journal, links } = options;
  const healed: string[] = [];
  const left: string[] = [];
  const entries = [...journal.entries].sort((one, other) => ORDER.indexOf(one.undo.do) - ORDER.indexOf(other.undo.do));
  for (const entry of entries) {
    try {
      await undoForGood(entry, options);
      await journal.strike(entry.id);
      healed.push(entry.says);
    } catch (error) {
      left.push(`${entry.says} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  const unlisted = await links?.removeAll(TOXIC_PREFIX).catch(() => 0);
  if (unlisted !== undefined && unlisted > 0) healed.push(`${unlisted} toxics of the lab that no journal lists`);
  return { healed, left };
}

/** What is not in force may be about to be: the engine ends a request whose lab was killed. */
async function undoForGood(entry: JournalEntry, options: UndoAllOptions): Promise<void> {
  const deadline = options.clock.monotonicMs() + LATE_ACT_MS_MAX;
  while (!(await undo(entry, options)) && options.clock.monotonicMs() < deadline) await sleep(options.clock, POLL_MS);
}

/** Whether there was something to undo. Rejects when it is not seen undone. */
function undo({ undo: what }: JournalEntry, options: UndoAllOptions): Promise<boolean> {
  if (what.do === 'repair') return repair(what.prefix, options);
  if (what.do === 'enable') return enable(what.proxy, options);
  if (what.do === 'configure') return configureRegion(what, options);
  return mendContainer(what, options);
}

async function repair(prefix: string, { links, containers }: UndoAllOptions): Promise<boolean> {
  if (containers.size === 0) return true;
  if (links === undefined) throw new Error('the links do not run');
  const removed = await links.removeAll(prefix);
  const still = (await links.proxies()).some(({ toxics }) => toxics.some(({ name }) => name.startsWith(prefix)));
  if (still) throw new Error('its toxics are still there');
  return removed > 0;
}

async function enable(proxy: string, { links, containers }: UndoAllOptions): Promise<boolean> {
  if (containers.size === 0) return true;
  if (links === undefined) throw new Error('the links do not run');
  const wasOff = !(await links.proxy(proxy)).enabled;
  if (wasOff) await links.switch(proxy, true);
  return wasOff;
}

async function configureRegion(
  { region, change }: Extract<Undo, { do: 'configure' }>,
  { containers, clock, adminToken }: UndoAllOptions,
): Promise<boolean> {
  const [port] = containers.get(`edge-${region}`)?.ports.values() ?? [];
  if (port !== undefined) await configure(`http://127.0.0.1:${port}`, adminToken, change, clock);
  return true;
}

/** What is no longer there needs nothing. */
async function mendContainer(
  what: Extract<Undo, { do: 'reconnect' | 'resume' | 'start' }>,
  { engine, clock }: UndoAllOptions,
): Promise<boolean> {
  const facts = await engine.container(what.container);
  if (facts === undefined) return true;
  if (what.do === 'reconnect') return reconnect(engine, what);
  if (what.do === 'resume') {
    if (facts.state !== 'paused') return false;
    await engine.unpause(what.container);
    return true;
  }
  if (facts.state !== 'stopped') return false;
  await engine.start(what.container);
  await untilUp({ engine, clock, id: what.container, service: facts.service });
  return true;
}

/** An edge that was just started or reconnected may need a moment. */
async function configure(url: string, token: string, change: Parameters<Clients['configureEdge']>[1], clock: Clock): Promise<void> {
  const clients = openHttpClients(url);
  const deadline = clock.monotonicMs() + CONFIGURE_MS_MAX;
  try {
    for (;;) {
      const failed = await clients.configureEdge({ url, token }, change).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (failed === undefined) return;
      if (clock.monotonicMs() > deadline) throw failed;
      await sleep(clock, POLL_MS);
    }
  } finally {
    await clients.close();
  }
}
