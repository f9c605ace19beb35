import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from './glob.ts';

/** The same rule by recursion, exponential and plain. */
function reference(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  const rest = pattern.slice(1);
  if (pattern[0] === '*') return reference(rest, text) || (text !== '' && reference(pattern, text.slice(1)));
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && reference(rest, text.slice(1));
}

/** Every text over these characters, up to a length. */
function textsUpTo(length: number, characters: readonly string[]): readonly string[] {
  if (length === 0) return [''];
  const shorter = textsUpTo(length - 1, characters);
  return [...new Set([...shorter, ...shorter.flatMap((text) => characters.map((character) => text + character))])];
}

describe('a glob', () => {
  it.each([
    ['content:1*', 'content:1', true],
    ['content:1*', 'content:17', true],
    ['content:1*', 'content:21', false],
    ['content:?', 'content:7', true],
    ['content:?', 'content:17', false],
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['.*', 'abc', false],
    ['[a-c]', 'b', false],
    ['content:(1|2)', 'content:1', false],
    ['a\\*', 'a*', false],
    ['a*b*c', 'axxbxxbxxc', true],
    ['CONTENT:1', 'content:1', false],
  ])('%j against %j: %s', (pattern, text, matches) => {
    expect(matchesGlob(pattern, text)).toBe(matches);
  });

  it('agrees with its definition on every pattern and text of up to four characters', () => {
    const texts = textsUpTo(4, ['a', 'b']);
    for (const pattern of textsUpTo(4, ['a', 'b', '*', '?'])) {
      for (const text of texts) expect(matchesGlob(pattern, text), `${pattern} against ${text}`).toBe(reference(pattern, text));
    }
  });

  it('agrees with its definition on longer ones', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 10 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, text, (glob, subject) => matchesGlob(glob, subject) === reference(glob, subject)),
      { numRuns: 2_000 },
    );
  });

  it('does not take for ever on the patterns that defeat backtracking', () => {
    expect(matchesGlob('*a'.repeat(250), 'a'.repeat(512).concat('b'))).toBe(false);
  });
});
