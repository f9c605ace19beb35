/**
 * A purger before a real cache: Varnish, between our own origin and a reader, as its target file has it. Skipped where
 * it is not installed.
 */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EdgeMeter } from '../../../services/edge/metrics.ts';
import type { InvalidationLog } from '../../../services/log/log.ts';
import { askAt } from '../../../services/purger/ask.ts';
import { createPurger } from '../../../services/purger/create.ts';
import { MemoryStore } from '../../../services/purger/store.ts';
import { Asker } from '../../../services/runtime/asker.ts';
import { systemClock as clock } from '../../../services/runtime/clock.ts';
import { silentLogger } from '../../../services/runtime/log.ts';
import { systemRandom as random } from '../../../services/runtime/random.ts';
import { withReleasers } from '../../../services/runtime/releasers.ts';
import { asStarted, readTarget } from '../../targets/target.ts';
import { startPeerOrigin } from './peer-origin.ts';
import { startPeerUpstream } from './peer-upstream.ts';
import { isProgramHere, type Program } from './program.ts';
import { openProgram } from './target-program.ts';

const WAIT = { timeout: 60_000, interval: 10 } as const;
const DEADLINE_MS = 10_000;
/** Short, so that a purge that a frozen cache did not answer is sent again soon. */
const PURGE_DEADLINE_MS = 200;
const variables = { PATH: process.env['PATH'] };
const answered = z.object({ data: z.object({ id: z.number(), version: z.number() }) });

interface Peers {
  readonly program: Program;
  readonly log: InvalidationLog;
  readonly meter: EdgeMeter;
  /** By the origin: answers the version. */
  readonly write: (method: string, path: string, body: object) => Promise<z.infer<typeof answered>['data']>;
  /** By the cache: the version, and whether it was a hit. */
  readonly read: (id: number) => Promise<{ readonly version: number; readonly label: string | undefined }>;
}

function withVarnish(use: (peers: Peers) => Promise<void>): Promise<void> {
  return withReleasers(async (releasers) => {
    const target = asStarted(await readTarget(new URL('../../targets/varnish.yaml', import.meta.url).pathname));
    const asker = new Asker(clock);
    releasers.push(() => asker.close());
    const origin = await startPeerOrigin({ clock, random });
    releasers.push(() => origin.close());
    const times = { lifetimeMs: target.lifetime, missingMs: target.missing };
    const upstream = await startPeerUpstream({ originUrl: origin.url, ...times, clock, random });
    releasers.push(() => upstream.close());
    const { signal } = new AbortController();
    const program = await openProgram(target, { upstreamPort: upstream.port, asker, clock, random, signal, variables });
    releasers.push(() => program.stop());
    const meter = new EdgeMeter(clock);
    const config = {
      REGION_NAME: 'here',
      DELIVER: { how: 'repeat' },
      ADMIN_TOKEN: '',
      PROPAGATION_DELAY: 0,
      INVALIDATION_STRATEGY: 'eager',
    } as const;
    const { purges: ways, ok } = target;
    const { log } = origin;
    const purger = createPurger(config, {
      ways,
      ok,
      ask: askAt(asker, { url: program.url, deadlineMs: PURGE_DEADLINE_MS }),
      log,
      store: new MemoryStore(),
      clock,
      logger: silentLogger,
      meter,
    });
    releasers.push(() => purger.close());
    purger.join();
    await use({
      program,
      log,
      meter,
      write: async (method, path, body) => {
        const { text } = await asker.ask({ url: `${origin.url}${path}`, method, body: JSON.stringify(body), deadlineMs: DEADLINE_MS });
        return answered.parse(JSON.parse(text)).data;
      },
      read: async (id) => {
        const { text, headers } = await asker.ask({ url: `${program.url}/api/content/${id}`, deadlineMs: DEADLINE_MS });
        return { version: answered.parse(JSON.parse(text)).data.version, label: headers['x-cache'] };
      },
    });
    await releasers.release();
  });
}

describe.skipIf(!(await isProgramHere('varnishd', variables)))('before Varnish, a purger', () => {
  it('purges what was written, everything for a record that cannot be read, and again what a frozen cache did not answer', () =>
    withVarnish(async ({ program, log, meter, write, read }) => {
      const purged = (count: number) => expect.poll(() => meter.snapshot().metrics.totalInvalidations, WAIT).toBe(count);
      const { id, version } = await write('POST', '/api/content', { title: 't', slug: 's', body: 'b', tags: ['news'] });
      await purged(1);
      await read(id);
      expect(await read(id)).toEqual({ version, label: 'HIT' });
      await write('PUT', `/api/content/${id}`, { body: 'c' });
      await purged(2);
      expect(await read(id)).toEqual({ version: version + 1, label: 'MISS' });
      expect(await read(id)).toMatchObject({ label: 'HIT' });
      await log.append([{ key: 'content:1', value: 'no event', headers: {} }]);
      await purged(3);
      expect(await read(id)).toMatchObject({ label: 'MISS' });
      program.pause();
      await write('PUT', `/api/content/${id}`, { body: 'd' });
      program.resume();
      await purged(4);
      expect(await read(id)).toEqual({ version: version + 2, label: 'MISS' });
    }));
});
