/** Heals what a lab that is gone left behind: exactly what its journal lists, and toxics of ours that no journal knows. */
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import type { Clients } from '../../clients.ts';
import { openHttpClients } from '../../http-clients.ts';
import type { Journal, JournalEntry } from '../../journal.ts';
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

/** Nodes first, so that what is asked of a node finds it there. */
const ORDER: readonly JournalEntry['undo']['do'][] = ['resume', 'start', 'reconnect', 'repair', 'configure'];

export async function undoAll(options: UndoAllOptions): Promise<Undone> {
  const { journal, links } = options;
  const healed: string[] = [];
  const left: string[] = [];
  const entries = [...journal.entries].sort((one, other) => ORDER.indexOf(one.undo.do) - ORDER.indexOf(other.undo.do));
  for (const entry of entries) {
    try {
      await undo(entry, options);
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

/** Rejects when it is not seen undone. What is no longer there needs nothing. */
async function undo({ undo: what }: JournalEntry, { engine, clock, links, containers, adminToken }: UndoAllOptions): Promise<void> {
  if (what.do === 'repair') {
    if (containers.size === 0) return;
    if (links === undefined) throw new Error('the links do not run');
    await links.removeAll(what.prefix);
    const still = (await links.proxies()).some(({ toxics }) => toxics.some(({ name }) => name.startsWith(what.prefix)));
    if (still) throw new Error('its toxics are still there');
  } else if (what.do === 'configure') {
    const edge = containers.get(`edge-${what.region}`);
    const [port] = edge?.ports.values() ?? [];
    if (port === undefined) return;
    await configure(`http://127.0.0.1:${port}`, adminToken, what.change, clock);
  } else {
    const facts = await engine.container(what.container);
    if (facts === undefined) return;
    if (what.do === 'reconnect') await reconnect(engine, what);
    else if (what.do === 'resume' && facts.state === 'paused') await engine.unpause(what.container);
    else if (what.do === 'start' && facts.state === 'stopped') {
      await engine.start(what.container);
      await untilUp({ engine, clock, id: what.container, service: facts.service });
    }
  }
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
