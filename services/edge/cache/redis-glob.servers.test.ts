import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { matchesGlob } from '../../protocol/glob.ts';
import { drawSeed } from '../../runtime/random.ts';
import { GLOB } from './lua/glob.ts';

const servers = inject('servers');
const seed = Number(process.env['CACHE_SEED'] ?? drawSeed());
const SCRIPT = `${GLOB}\nreturn matchesGlob(unitsOf(ARGV[1]), unitsOf(ARGV[2])) and 1 or 0`;

/**
 * Few characters, so that texts match by chance: each length in UTF-8, and both halves of what takes two code units.
 */
const characters = ['a', 'b', ':', '%', '.', '[', '\\', 'é', '€', '😀', '\u{10FFFF}', '\u007F', '\u0080', '\u07FF', '\u0800', '\uFFFF'];
const text = fc.string({ unit: fc.constantFrom(...characters), maxLength: 8 });
const glob = fc.string({ unit: fc.constantFrom('*', '?', '*', '?', ...characters), maxLength: 8 });
const anything = fc.string({ unit: 'binary', maxLength: 20 }).map((drawn) => drawn.toWellFormed());

describe.skipIf(servers === undefined)('a glob in Lua', () => {
  const redis = new Redis(servers?.redisUrl ?? '', { lazyConnect: true });
  afterAll(() => redis.disconnect());

  async function matchesInLua(pattern: string, against: string): Promise<boolean> {
    return (await redis.eval(SCRIPT, 0, pattern, against)) === 1;
  }

  it.each([
    { title: 'few characters', pattern: glob, against: text },
    { title: 'any characters', pattern: fc.oneof(anything, glob), against: anything },
    { title: 'a text against itself', pattern: anything, against: undefined },
  ])(`agrees with the one in TypeScript: $title (CACHE_SEED=${seed})`, async ({ pattern, against }) => {
    const pairs = fc.tuple(pattern, against ?? fc.constant(undefined));
    await fc.assert(
      fc.asyncProperty(pairs, async ([drawn, other]) => {
        expect(await matchesInLua(drawn, other ?? drawn)).toBe(matchesGlob(drawn, other ?? drawn));
      }),
      { seed, numRuns: 3_000 },
    );
  });

  it('agrees on every pattern and text of up to three characters', async () => {
    const upTo = (length: number, units: readonly string[]): string[] =>
      length === 0 ? [''] : ['', ...units.flatMap((unit) => upTo(length - 1, units).map((rest) => unit + rest))];
    const texts = upTo(3, ['a', 'é']);
    for (const pattern of upTo(3, ['a', 'é', '*', '?'])) {
      const matched = await Promise.all(texts.map((each) => matchesInLua(pattern, each)));
      expect(matched, pattern).toEqual(texts.map((each) => matchesGlob(pattern, each)));
    }
  });

  it('does not take for ever on the patterns that defeat backtracking', async () => {
    expect(await matchesInLua('*a'.repeat(250), 'a'.repeat(512).concat('b'))).toBe(false);
  });
});
