/**
 * Before a run over an origin of the user's own: a content that is written there is read through the cache, and its
 * purge shows the next version. Whether a purge meets other contents shows by the label of the cache alone, for nothing
 * of this lab stands behind it.
 */
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import { InvalidInput } from '../../errors.ts';
import type { Clients } from '../../system/clients.ts';
import type { EdgeRead } from '../../system/edges/edge.ts';
import { isSettled } from '../../system/settled.ts';
import { CallFailed } from '../../system/transport.ts';
import type { LiveTarget } from '../../targets/target.ts';

export interface CheckOwnOriginOptions {
  readonly target: LiveTarget;
  readonly region: string;
  readonly clients: Clients;
  readonly clock: Clock;
  /** A purge of one content may meet others. */
  readonly allowsWidePurge: boolean;
  readonly signal: AbortSignal;
}

const READS_MAX = 4;
const PURGED_MS_MAX = 10_000;
const LOOK_MS = 500;

/** Throws InvalidInput for what is wrong: nothing is judged then. */
export async function checkOwnOrigin(options: CheckOwnOriginOptions): Promise<void> {
  const { target, clients, allowsWidePurge } = options;
  const refuse = (why: string) => new InvalidInput(`${target.name}: ${why}. Nothing was judged`);
  const create = (slug: string) => clients.create({ slug, title: slug, body: 'written as operation 0', tags: [] });
  const failed = (what: string) => (error: unknown) => {
    if (error instanceof CallFailed) throw refuse(`${what}: ${error.message}`);
    throw error;
  };
  const content = await create('check-1').catch(failed('live.origin.create'));
  const { id } = content;
  const first = await read(options, id);
  if (typeof first === 'string' || first.version !== content.version)
    throw refuse(
      `a new content was read as ${textOf(first)}, expected version ${content.version}: does ${target.live.url.text} ask that origin? live.origin.create, read.path, read.version`,
    );
  const held = await clients.heldAtOrigin(id).catch(failed('live.origin.read'));
  if (held.deleted || held.version !== content.version)
    throw refuse(
      `the origin itself was read as ${held.deleted ? 'a 404' : `version ${held.version}`} of a new content, expected version ${content.version}: live.origin.read, read.version`,
    );
  const other =
    target.label === undefined || allowsWidePurge ? undefined : (await create('check-2').catch(failed('live.origin.create'))).id;
  // A creation is purged, too, when its turn comes: what is kept before that is not kept after it.
  if (other !== undefined) await untilSettled(options);
  if (other !== undefined && !(await isKept(options, other)))
    throw refuse('an answer that the cache kept is not labelled as a hit: label.header, label.hit');
  const { version } = await clients.update(id, { body: 'written as operation 0' }).catch(failed('live.origin.update'));
  if (target.purges.length > 0 && !(await showsVersion(options, id, version)))
    throw refuse(`the purge has no effect: version ${version} of a content was not read within ${PURGED_MS_MAX} ms of its write`);
  if (other === undefined) return;
  const after = await read(options, other);
  if (typeof after === 'string' || after.source !== 'cache')
    throw refuse(`a purge of one content also purged another one, which was no hit afterwards; --allow-wide-purge allows this`);
}

/** What failed says why. Rejects with the reason of the signal. */
async function read({ clients, region, signal }: CheckOwnOriginOptions, id: number): Promise<EdgeRead | string> {
  signal.throwIfAborted();
  return clients
    .edge(region)
    .read(id)
    .catch((error: unknown) => {
      if (error instanceof CallFailed) return error.message;
      throw error;
    });
}

/** Or for as long as a purge may take. */
async function untilSettled({ clients, region, clock, signal }: CheckOwnOriginOptions): Promise<void> {
  const deadline = clock.monotonicMs() + PURGED_MS_MAX;
  while (!(await isSettled(clients, [{ region }])) && clock.monotonicMs() < deadline) await sleep(clock, LOOK_MS, signal);
}

/** Some keep what is asked for a second time. */
async function isKept(options: CheckOwnOriginOptions, id: number): Promise<boolean> {
  for (let times = 0; times < READS_MAX; times += 1) {
    const seen = await read(options, id);
    if (typeof seen !== 'string' && seen.source === 'cache') return true;
  }
  return false;
}

async function showsVersion(options: CheckOwnOriginOptions, id: number, version: number): Promise<boolean> {
  const { clock, signal } = options;
  const deadline = clock.monotonicMs() + PURGED_MS_MAX;
  for (;;) {
    const seen = await read(options, id);
    if (typeof seen !== 'string' && seen.version === version) return true;
    if (clock.monotonicMs() > deadline) return false;
    await sleep(clock, LOOK_MS, signal);
  }
}

function textOf(seen: EdgeRead | string): string {
  return typeof seen === 'string' ? `nothing (${seen})` : `version ${seen.version}`;
}
