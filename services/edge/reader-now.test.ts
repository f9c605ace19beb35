/**
 * What a reader answers at once is what `read` would have answered; where `read` would wait for the origin, it is
 * nothing.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer } from './labels.ts';
import { NOT_FRESH_MS, ONLY_IF_ERROR_MS, type ReaderRig, withReader } from './testing/reader.ts';

const TERMS = { leaseMs: 10_000, skewMs: 500 };
const LEASE_MS = 8_000;

/** `version`: rises with each step. */
const STEPS: Readonly<Record<string, (rig: ReaderRig, id: number, version: number) => unknown>> = {
  fetch: (rig, id, version) => readFrom(rig, id, (fetch) => fetch.content(version, ['news'])),
  'find nothing': (rig, id, version) => readFrom(rig, id, (fetch) => fetch.missing(version)),
  write: (rig, id, version) => rig.write(id, version, 'hard'),
  'write softly': (rig, id, version) => rig.write(id, version, 'soft'),
  'purge a tag': (rig) => rig.apply({ type: 'tag', target: 'news', mode: 'soft' }),
  'purge all': (rig) => rig.apply({ type: 'all', target: '*', mode: 'hard' }),
  beat: (rig) => rig.beat(),
  'wait for the lease': (rig) => rig.clock.advance(LEASE_MS),
  'wait for staleness': (rig) => rig.clock.advance(NOT_FRESH_MS),
  'wait for the end': (rig) => rig.clock.advance(ONLY_IF_ERROR_MS),
  'fall behind': (rig) => {
    rig.catchingUp = true;
  },
  'catch up': (rig) => {
    rig.catchingUp = false;
  },
  'begin a new life': (rig) => rig.server.restart(),
  'read past the cache': async (rig, id, version) => {
    rig.cache.away = true;
    await readFrom(rig, id, (fetch) => fetch.content(version));
    rig.cache.away = false;
  },
};

type Fetch = ReaderRig['origin']['fetches'][number];

/** To its end; the fetches that it waits for end so. */
async function readFrom(rig: ReaderRig, id: number, end: (fetch: Fetch) => void): Promise<Answer | undefined> {
  const reading = rig.reader.read(id).catch(() => undefined);
  await rig.clock.settle();
  for (const fetch of rig.origin.fetches) end(fetch);
  await rig.clock.settle();
  return reading;
}

async function compareReads(rig: ReaderRig, id: number): Promise<'at once' | 'later'> {
  const atOnce = rig.reader.readNow(id);
  let answer: Answer | undefined;
  const reading = rig.reader.read(id).then(
    (read) => {
      answer = read;
    },
    () => {},
  );
  await rig.clock.settle();
  expect(atOnce).toEqual(answer);
  for (const fetch of rig.origin.fetches) fetch.fail();
  await reading;
  return atOnce === undefined ? 'later' : 'at once';
}

describe('an answer at once', () => {
  it.each([undefined, TERMS])('is the answer of a read, whatever happened before; lease: %j', async (terms) => {
    const step = fc.record({ taken: fc.constantFrom(...Object.keys(STEPS)), id: fc.constantFrom(1, 2) });
    const seen = { 'at once': 0, later: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) =>
        withReader(
          async (rig) => {
            rig.cache.isAtHand = true;
            for (const [at, { taken, id }] of [{ taken: 'fetch', id: 1 }, ...steps].entries()) {
              await STEPS[taken]?.(rig, id, at + 1);
              for (const each of [1, 2]) seen[await compareReads(rig, each)] += 1;
            }
          },
          { terms },
        ),
      ),
      { numRuns: 200 },
    );
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });

  it('begins one revalidation of what is stale, as a read does', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      rig.cache.isAtHand = true;
      rig.write(1, 2, 'soft');
      for (let at = 0; at < 3; at += 1) expect(rig.reader.readNow(1)).toMatchObject({ status: 'stale', entry: { version: 1 } });
      await rig.clock.settle();
      expect(rig.origin.fetches).toHaveLength(2);
      rig.origin.held(1).content(2);
      await rig.clock.settle();
      expect(rig.reader.readNow(1)).toMatchObject({ status: 'fresh', entry: { version: 2 } });
    }));

  it('is none where the cache has to be asked', () =>
    withReader(async (rig) => {
      await rig.readThrough(1, 1);
      expect(rig.reader.readNow(1)).toBeUndefined();
    }));
});
