import { expect, it } from 'vitest';
import { withServer } from './testing/memory-subject.ts';
import { compareWithReference, seedOfRun } from './testing/random-runs.ts';
import { purged, Steps, written } from './testing/subject.ts';
import { UnfencedServer } from './unfenced.ts';

const withUnfencedCache = withServer((options) => new UnfencedServer(options));
const seed = seedOfRun();

it(`random runs tell the cache without fences from the reference (CACHE_SEED=${seed})`, async () => {
  const { failed } = await compareWithReference(withUnfencedCache, seed);
  expect(failed).toBe(true);
});

it.each([
  { title: 'a write', mark: written(2) },
  { title: 'a purge of the tag', mark: purged('tag', 'a') },
])('without fences an entry read before $title and stored after it is fresh', ({ mark }) =>
  withUnfencedCache(async (subject) => {
    const steps = new Steps(subject);
    const fetch = await steps.begin();
    await steps.apply(mark);
    expect(await steps.arrive(fetch, 1)).toBe('stored');
    expect(await steps.read()).toBe('fresh v1');
  }),
);
