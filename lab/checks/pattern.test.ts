import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../services/protocol/glob.ts';
import { isCovered } from './pattern.ts';

describe('what a pattern covers', () => {
  it.each([
    ['content:7', 'content:7', true],
    ['content:7', 'content:77', false],
    ['content:77', 'content:7', false],
    ['content:*', 'content:1000', true],
    ['content:*', 'content:', true],
    ['content:*', 'contents', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['*7', 'content:77', true],
    ['c*t:*7', 'content:17', true],
    ['a*a', 'a', false],
    ['content:?', 'content:7', true],
    ['content:?', 'content:17', false],
    ['*ab*b', 'aab', false],
    ['*?*', '', false],
  ])('%s over %s: %s', (pattern, text, covered) => expect(isCovered(text, pattern)).toBe(covered));

  it('is what the services hold for it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ':'), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(text, pattern, (one, glob) => isCovered(one, glob) === matchesGlob(glob, one)),
      { numRuns: 5_000 },
    );
  });

  it('takes no longer for many stars', () => {
    const began = performance.now();
    expect(isCovered('a'.repeat(2_000), `${'a*'.repeat(200)}b`)).toBe(false);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
