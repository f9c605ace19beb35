/**
 * What the protocol must survive in a real-time world, whichever: cuts, crashes and a cache that freezes or comes back
 * empty.
 */

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import { type EdgeRead, need } from '../../system/edges/edge.ts';
import { type TestWorld, untilSettled } from '../../worlds/testing/embedded-kit.ts';
import { ActiveFaults } from '../active-faults.ts';

export interface SurvivalOptions {
  readonly startWorld: () => Promise<TestWorld>;
  /** Ten times what is promised. */
  readonly convergedMsMax: number;
  /** Longer than a session: a member that is cut off for so long is out of its group. */
  readonly cutMs: number;
}

const KEYS = 10;
const POLL_MS = 20;

export function theProtocolSurvives({ startWorld, convergedMsMax, cutMs }: SurvivalOptions): void {
  let test: TestWorld;
  let faults: ActiveFaults;
  let ids: readonly number[];

  beforeAll(async () => {
    test = await startWorld();
    const t = () => systemClock.monotonicMs();
    faults = new ActiveFaults({ ...test, clock: systemClock, random: createRandom(1), t, onChange: () => {} });
    const drafts = Array.from({ length: KEYS }, (_, at) => ({ slug: `survival-${at}`, title: 't', body: 'b', tags: [] }));
    ids = await Promise.all(drafts.map(async (draft) => (await test.clients.create(draft)).id));
  });
  afterEach(async () => {
    expect(await faults.healAll()).toEqual([]);
    await untilConverged();
  });
  afterAll(() => test?.close());

  async function until(holds: () => Promise<boolean>, deadlineMs: number, what: string): Promise<void> {
    const begunMs = performance.now();
    while (!(await holds())) {
      if (performance.now() - begunMs > deadlineMs) throw new Error(`${what}: not within ${deadlineMs} ms`);
      await sleep(systemClock, POLL_MS);
    }
  }

  /** Every region answers every key fresh, at the version of the origin. */
  async function isConverged(): Promise<boolean> {
    for (const id of ids) {
      const { version } = await test.clients.originVersion(id);
      const reads = await Promise.all(
        test.world.regions.map(({ region }) =>
          test.clients
            .edge(region)
            .read(id)
            .catch(() => undefined),
        ),
      );
      if (reads.some((read) => read === undefined || read.version !== version || read.status !== 'fresh')) return false;
    }
    return true;
  }

  async function untilConverged(): Promise<void> {
    await untilSettled(test, convergedMsMax);
    await until(isConverged, convergedMsMax, 'converged');
  }

  async function writeAll(): Promise<void> {
    await Promise.all(ids.map((id) => test.clients.update(id, { body: 'changed' })));
  }

  async function writeFor(durationMs: number): Promise<void> {
    const begunMs = performance.now();
    while (performance.now() - begunMs < durationMs) await writeAll();
  }

  const inject = (fault: string, target: string, parameters: Record<string, string> = {}) => faults.inject({ fault, target, parameters });
  const metricsOf = (name: string) => need(test.clients.edge(name), 'metrics')();

  describe('a link to the log', () => {
    it.each(['edge:eu-west<->kafka', 'edge:eu-west->kafka', 'kafka->edge:eu-west'])(
      '%s cut for more than a session: everything arrives after it',
      async (target) => {
        await untilConverged();
        await inject('partition', target);
        await writeFor(cutMs);
        await until(async () => (await metricsOf('us-east')).log.lag === 0, convergedMsMax, 'us-east goes on');
        expect((await metricsOf('eu-west')).log).toMatchObject({ connected: false, lag: null });
        await faults.healAll();
        await untilConverged();
      },
    );

    it('cut for a moment: everything arrives after it', async () => {
      await inject('partition', 'edge:ap-south<->kafka');
      await writeAll();
      await faults.healAll();
      await untilConverged();
    });

    it('late by more than the delay: everything arrives, in order', async () => {
      await inject('latency', 'edge:us-east<->kafka', { latency: '300ms', jitter: '250ms' });
      await writeFor(1_000);
      // Not by the lag: who asks the log so late an end has given up by then.
      await until(isConverged, convergedMsMax, 'converged');
    });

    it('reset under writes: nothing is lost', async () => {
      const writing = writeFor(1_000);
      for (let count = 0; count < 5; count += 1) await inject('reset', 'edge:*<->kafka');
      await writing;
      await untilConverged();
    });
  });

  describe('an edge', () => {
    it('killed while events wait in its delay queue loses none of them', async () => {
      await inject('propagation-delay', 'edge:ap-south', { delay: '60s' });
      await writeAll();
      await until(async () => (await metricsOf('ap-south')).log.queued >= KEYS, convergedMsMax, 'queued');
      const [killed] = await inject('kill', 'edge:ap-south');
      await faults.heal(killed?.spec.id ?? '');
      // Its delay outlives it: what it reads again waits once more, until that is healed, too.
      await until(async () => (await metricsOf('ap-south')).log.queued >= KEYS, convergedMsMax, 'queued again');
      await faults.healAll();
      await untilConverged();
    });

    it('skips nothing when its delay is lowered while events wait', async () => {
      await inject('propagation-delay', 'edge:eu-west', { delay: '60s' });
      for (let count = 0; count < 3; count += 1) await writeAll();
      await until(async () => (await metricsOf('eu-west')).log.queued >= 3 * KEYS, convergedMsMax, 'queued');
      const before = (await metricsOf('eu-west')).metrics.totalInvalidations;
      await need(test.clients.edge('eu-west'), 'settings').change({ propagationDelayMs: 0 });
      await until(async () => (await metricsOf('eu-west')).log.queued === 0, convergedMsMax, 'applied');
      expect((await metricsOf('eu-west')).metrics.totalInvalidations - before).toBe(3 * KEYS);
      await untilConverged();
    });

    it('isolated goes on answering what it holds, and converges after it is back', async () => {
      await untilConverged();
      const held = await Promise.all(ids.map((id) => test.clients.edge('eu-west').read(id)));
      await inject('isolate', 'edge:eu-west');
      await writeAll();
      const during = await Promise.all(ids.map((id) => test.clients.edge('eu-west').read(id)));
      expect(during.map(({ version }) => version)).toEqual(held.map(({ version }) => version));
      await faults.healAll();
      await untilConverged();
    });

    it('paused answers nothing, and goes on from where it was', async () => {
      await inject('pause', 'edge:us-east');
      await writeAll();
      await expect(need(test.clients.edge('us-east'), 'metrics')(AbortSignal.timeout(300))).rejects.toThrow(/no answer/);
      await faults.healAll();
      await untilConverged();
    });
  });

  describe('an origin', () => {
    it('killed with unpublished outbox rows publishes all of them after its restart', async () => {
      const [cut] = await inject('partition', 'origin<->kafka');
      await writeAll();
      expect((await test.clients.originMetrics()).outbox.pending).toBeGreaterThanOrEqual(KEYS);
      const [killed] = await inject('kill', 'origin');
      await faults.heal(cut?.spec.id ?? '');
      await faults.heal(killed?.spec.id ?? '');
      await untilConverged();
    });

    it('publishes again what the log took without an answer, and every region takes the repeat without harm', async () => {
      await untilConverged();
      const before = (await metricsOf('us-east')).metrics.totalInvalidations;
      await inject('partition', 'kafka->origin');
      await writeAll();
      // One batch is in the log, of one record or of all; what comes after waits for its answer.
      await until(async () => (await metricsOf('us-east')).metrics.totalInvalidations > before, convergedMsMax, 'published');
      expect((await test.clients.originMetrics()).outbox.pending).toBeGreaterThanOrEqual(KEYS);
      await faults.healAll();
      await untilConverged();
      expect((await metricsOf('us-east')).metrics.totalInvalidations).toBeGreaterThan(before + KEYS);
    });

    it.each(['kill', 'pause'])('whose postgres is under %s confirms no write, and loses none it confirmed', async (fault) => {
      await inject(fault, 'postgres');
      await expect(test.clients.update(ids[0] ?? 0, { body: 'refused' })).rejects.toThrow(/503|no answer/);
      await faults.healAll();
      await writeAll();
      await untilConverged();
    });

    it('whose kafka is killed goes on taking writes, and publishes them all afterwards', async () => {
      await inject('kill', 'kafka');
      await writeAll();
      await faults.healAll();
      await untilConverged();
    });
  });

  describe('a cache', () => {
    interface Reading {
      readonly reads: readonly EdgeRead[];
      stop(): Promise<void>;
    }

    /** One key, again and again. Versions never go back from one answer to the next, whatever the cache does. */
    function readOn(name: string): Reading {
      const reads: EdgeRead[] = [];
      let isOver = false;
      const reading = (async () => {
        while (!isOver) reads.push(await test.clients.edge(name).read(ids[0] ?? 0));
      })();
      // A test that fails before it stops the reading shall fail with its own reason.
      reading.catch(() => {});
      const stop = () => {
        isOver = true;
        return reading;
      };
      return { reads, stop };
    }

    it.each(['pause', 'kill', 'restart'])('under %s: reads go on from the origin, shared, and no version goes back', async (fault) => {
      await untilConverged();
      const reading = readOn('eu-west');
      await inject(fault, 'redis:eu-west');
      // A fetch lasts longer than readers take to arrive, on any machine: who does not join one shows.
      await inject('latency', 'edge:eu-west->origin', { latency: '500ms' });
      const before = { ...(await metricsOf('eu-west')), reads: reading.reads.length };
      const stampede = await Promise.all(Array.from({ length: 200 }, () => test.clients.edge('eu-west').read(ids[1] ?? 0)));
      expect(stampede.every(({ found }) => found)).toBe(true);
      if (fault !== 'restart') {
        expect(new Set(stampede.map(({ source }) => source))).toEqual(new Set(['origin']));
        // 200 readers of one key over 64 connections, and the one that reads on beside them, whose every read is a
        // fetch.
        const fetches = (await metricsOf('eu-west')).originFetches - before.originFetches;
        expect(fetches - (reading.reads.length - before.reads)).toBeLessThan(20);
      }
      await test.clients.update(ids[0] ?? 0, { body: 'while it is away' });
      await faults.healAll();
      await untilConverged();
      await reading.stop();
      const versions = reading.reads.map(({ version }) => version);
      expect(versions).toEqual([...versions].sort((one, other) => one - other));
    });

    it('flushed serves nothing it held', async () => {
      await untilConverged();
      await inject('flush', 'redis:us-east');
      expect((await test.clients.edge('us-east').read(ids[2] ?? 0)).source).toBe('origin');
    });
  });
}
