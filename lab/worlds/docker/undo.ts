/**
 * Heals what a lab that is gone left behind: exactly what its journal lists, and toxics of ours that no journal knows.
 */
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import type { Journal, JournalEntry, Undo } from '../../journal/journal.ts';
import { need } from '../../system/edges/edge.ts';
import { openEdge } from '../../system/edges/edges.ts';
import { HttpTransport } from '../../system/http-clients.ts';
import { TOXIC_PREFIX } from './control.ts';
import type { Engine } from './engine.ts';
import type { ContainerFacts } from './engine-facts.ts';
import { untilUp } from './health.ts';
import { LATE_ACT_MS_MAX, undoUntil } from './late-acts.ts';
import type { Links } from './links.ts';
import { reconnect, resume } from './mend.ts';
import { Parts } from './nodes.ts';
import { acceptWrites } from './redis-damages.ts';

export interface UndoAllOptions {
  readonly engine: Pick<Engine, 'container' | 'connect' | 'unpause' | 'start' | 'execute' | 'logs'>;
  readonly clock: Clock;
  readonly journal: Pick<Journal, 'entries' | 'strike'>;
  /** By service. */
  readonly containers: ReadonlyMap<string, ContainerFacts>;
  /** undefined when nothing of the cluster is there. */
  readonly links: Pick<Links, 'proxies' | 'proxy' | 'removeAll' | 'switch'> | undefined;
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
const ORDER: readonly JournalEntry['undo']['do'][] = ['resume', 'start', 'reconnect', 'enable', 'repair', 'accept-writes', 'configure'];

export async function undoAll(options: UndoAllOptions): Promise<Undone> {
  const { journal, links, clock } = options;
  const entries = [...journal.entries].sort((one, other) => ORDER.indexOf(one.undo.do) - ORDER.indexOf(other.undo.do));
  const failed = new Map<JournalEntry, string>();
  const untilMs = entries.every(({ isDone }) => isDone) ? 0 : clock.monotonicMs() + LATE_ACT_MS_MAX;
  await undoUntil(clock, untilMs, async () => {
    for (const entry of entries) {
      failed.delete(entry);
      await undo(entry.undo, options).catch((error: unknown) => failed.set(entry, wordsOf(error)));
    }
  });
  const healed: string[] = [];
  for (const entry of entries.filter((one) => !failed.has(one))) {
    await journal.strike(entry.id).then(
      () => void healed.push(entry.says),
      (error: unknown) => void failed.set(entry, wordsOf(error)),
    );
  }
  const unlisted = await links?.removeAll(TOXIC_PREFIX).catch(() => 0);
  if (unlisted !== undefined && unlisted > 0) healed.push(`${unlisted} toxics of the lab that no journal lists`);
  return { healed, left: [...failed].map(([{ says }, why]) => `${says} (${why})`) };
}

/** Nothing where there is nothing to undo. Rejects when it is not seen undone. */
function undo(what: Undo, options: UndoAllOptions): Promise<void> {
  if (what.do === 'repair') return repair(what.prefix, options);
  if (what.do === 'enable') return enable(what.proxy, options);
  if (what.do === 'configure') return configureRegion(what, options);
  if (what.do === 'accept-writes') return acceptWrites(options, what.container);
  return mendContainer(what, options);
}

async function repair(prefix: string, { links, containers }: UndoAllOptions): Promise<void> {
  if (containers.size === 0) return;
  if (links === undefined) throw new Error('the links do not run');
  await links.removeAll(prefix);
  const still = (await links.proxies()).some(({ toxics }) => toxics.some(({ name }) => name.startsWith(prefix)));
  if (still) throw new Error('its toxics are still there');
}

async function enable(proxy: string, { links, containers }: UndoAllOptions): Promise<void> {
  if (containers.size === 0) return;
  if (links === undefined) throw new Error('the links do not run');
  if (!(await links.proxy(proxy)).enabled) await links.switch(proxy, true);
}

async function configureRegion(
  { region, change }: Extract<Undo, { do: 'configure' }>,
  { containers, clock, adminToken }: UndoAllOptions,
): Promise<void> {
  const ports = new Parts(containers)
    .allSettingsOf(region)
    .flatMap((service) => [...(containers.get(service)?.ports.values() ?? [])][0] ?? []);
  const [url, ...others] = ports.map((port) => `http://127.0.0.1:${port}`);
  if (url === undefined) return;
  const transport = new HttpTransport();
  const edge = openEdge({ region, url, others }, { transport, adminToken });
  await untilTaken(() => need(edge, 'settings').change(change), clock).finally(() => transport.close());
}

async function mendContainer(
  what: Extract<Undo, { do: 'reconnect' | 'resume' | 'start' }>,
  { engine, clock }: UndoAllOptions,
): Promise<void> {
  if (what.do === 'reconnect') return reconnect(engine, what);
  if (what.do === 'resume') return resume(engine, what.container);
  const facts = await engine.container(what.container);
  // What is no longer there needs nothing.
  if (facts?.state !== 'stopped') return;
  await engine.start(what.container);
  await untilUp({ engine, clock, id: what.container, service: facts.service });
}

/** An edge that was just started or reconnected may need a moment. */
async function untilTaken(change: () => Promise<void>, clock: Clock): Promise<void> {
  const deadline = clock.monotonicMs() + CONFIGURE_MS_MAX;
  for (;;) {
    const failed = await change().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failed === undefined) return;
    if (clock.monotonicMs() > deadline) throw failed;
    await sleep(clock, POLL_MS);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
