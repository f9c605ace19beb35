/**
 * Two edges of eu-west on one Redis, as containers: they say the same, each for itself, and what is called fresh stays
 * within the lease.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import type { TestCluster } from '../../../vitest-context.d.ts';
import { ActiveFaults } from '../../faults/active-faults.ts';
import { type EdgeRead, type EdgeUnderTest, need } from '../../system/edges/edge.ts';
import { type DockerTestWorld, startDockerWorld } from '../testing/docker-kit.ts';
import { untilSettled } from '../testing/embedded-kit.ts';

const provided = inject('cluster');
const cluster: TestCluster = provided ?? { project: '', state: '' };
const REGION = 'eu-west';
const KEYS = 5;
const LEASE_MS = 5_000;
/** What compose.yaml leaves the edges. */
const SKEW_MS = 500;
/** Longer than a lease. */
const WATCHED_MS = 12_000;
const WRITE_EVERY_MS = 250;
const POLL = { interval: 100, timeout: 60_000 } as const;

let test: DockerTestWorld;
let faults: ActiveFaults;
let ids: readonly number[] = [];

const edges = (): readonly EdgeUnderTest[] => test.clients.edge(REGION).members ?? [];
const injectFault = (fault: string, target: string) => faults.inject({ fault, target, parameters: {} });

/** What each edge of the region says of the contents, by itself. */
function told(): Promise<readonly (readonly string[])[]> {
  return Promise.all(
    edges().map(async (edge) =>
      Promise.all(ids.map(async (id) => ((read: EdgeRead) => `content ${id} v${read.version} ${read.status}`)(await edge.read(id)))),
    ),
  );
}

async function originTold(): Promise<readonly string[]> {
  const versions = await Promise.all(ids.map((id) => test.clients.originVersion(id)));
  return versions.map(({ version }, at) => `content ${ids[at]} v${version} fresh`);
}

/** Each answers the origin's versions, all fresh. */
async function untilEqual(): Promise<void> {
  await untilSettled(test, POLL.timeout);
  const fresh = await originTold();
  await expect.poll(told, POLL).toEqual(edges().map(() => fresh));
}

interface Superseded {
  readonly id: number;
  readonly version: number;
  readonly atMs: number;
}

/**
 * Writes and reads for a while: by how long each fresh answer of these edges was superseded when it was asked for, and
 * how many were stale.
 */
async function watch(
  asked: readonly EdgeUnderTest[],
): Promise<{ readonly oldestFreshMs: number; readonly fresh: number; readonly stale: number }> {
  const superseded: Superseded[] = [];
  const begunMs = performance.now();
  const isOver = () => performance.now() - begunMs > WATCHED_MS;
  let [oldestFreshMs, fresh, stale] = [0, 0, 0];
  const writing = (async () => {
    for (let at = 0; !isOver(); at += 1) {
      const id = ids[at % ids.length] ?? 0;
      const { version } = await test.clients.update(id, { body: `at ${at}` });
      superseded.push({ id, version: version - 1, atMs: performance.now() });
      await sleep(systemClock, WRITE_EVERY_MS);
    }
  })();
  const reading = asked.map(async (edge) => {
    for (let at = 0; !isOver(); at += 1) {
      const id = ids[at % ids.length] ?? 0;
      const startMs = performance.now();
      const read = await edge.read(id);
      if (read.status === 'stale') stale += 1;
      else {
        fresh += 1;
        const since = superseded.find((one) => one.id === id && one.version >= read.version);
        oldestFreshMs = Math.max(oldestFreshMs, since === undefined ? 0 : startMs - since.atMs);
      }
      await sleep(systemClock, POLL.interval);
    }
  });
  await Promise.all([writing, ...reading]);
  return { oldestFreshMs, fresh, stale };
}

describe.skipIf(provided === undefined)('two edges of a region', () => {
  beforeAll(async () => {
    const environment = { ...process.env, FRESHNESS_LEASE: String(LEASE_MS) };
    test = await startDockerWorld({ cluster, suffix: '-members', profiles: ['members'], environment });
    const t = () => systemClock.monotonicMs();
    faults = new ActiveFaults({ ...test, clock: systemClock, random: createRandom(1), t, onChange: () => {} });
    const drafts = Array.from({ length: KEYS }, (_, at) => ({ slug: `members-${at}`, title: 't', body: 'b', tags: [] }));
    ids = await Promise.all(drafts.map(async (draft) => (await test.clients.create(draft)).id));
  });
  // Whoever has not caught up calls nothing fresh.
  beforeEach(() => untilEqual());
  afterEach(async () => {
    expect(await faults?.healAll()).toEqual([]);
    await untilEqual();
  });
  afterAll(() => test?.close());

  it('join the log both, each with all of it, and answer the same versions under the same labels', async () => {
    expect(edges()).toHaveLength(2);
    await untilEqual();
    await Promise.all(ids.map((id) => test.clients.update(id, { body: 'new' })));
    await untilEqual();
    const metrics = await Promise.all(edges().map((edge) => need(edge, 'metrics')()));
    expect(metrics.map(({ region, log }) => [region, log.connected, log.catchingUp, Object.keys(log.applied).length])).toEqual([
      [REGION, true, false, 3],
      [REGION, true, false, 3],
    ]);
    // Each edge lists what it was asked for last first: that need not be the same.
    const tables = metrics.map(({ versions }) =>
      versions.filter(({ key }) => ids.some((id) => key === `content:${id}`)).toSorted((one, other) => one.key.localeCompare(other.key)),
    );
    expect(tables[0]).toHaveLength(KEYS);
    expect(tables[1]).toEqual(tables[0]);
    expect(metrics.map(({ lease }) => lease?.leaseMs)).toEqual([LEASE_MS, LEASE_MS]);
  });

  it.each([1, 2])(
    'of which edge %d is killed hold up nothing: the other goes on, and calls nothing fresh beyond the lease',
    async (member) => {
      const target = member === 1 ? `edge:${REGION}` : `edge:${REGION}/${member}`;
      await injectFault('kill', target);
      const left = edges().filter((_, at) => at !== member - 1);
      const { oldestFreshMs, fresh, stale } = await watch(left);
      expect(oldestFreshMs).toBeLessThanOrEqual(LEASE_MS + SKEW_MS);
      expect(fresh, `with ${stale} stale`).toBeGreaterThan(0);
    },
  );

  it('of which one is killed and the other cut off from the log call nothing fresh beyond the lease', async () => {
    await injectFault('kill', `edge:${REGION}/2`);
    await injectFault('partition', `edge:${REGION}<->kafka`);
    const { oldestFreshMs, stale } = await watch(edges().slice(0, 1));
    expect(oldestFreshMs).toBeLessThanOrEqual(LEASE_MS + SKEW_MS);
    expect(stale).toBeGreaterThan(0);
  });
});
