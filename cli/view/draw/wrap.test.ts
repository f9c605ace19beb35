/** Texts as lines of words. */
import { describe, expect, it } from 'vitest';
import { wrapped } from './wrap.ts';

describe('a text as lines', () => {
  it('breaks between words, and where the text itself does', () => {
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapped('first problem\nsecond\r\nthird', 80)).toEqual(['first problem', 'second', 'third']);
    expect(wrapped('', 80)).toEqual([]);
  });

  it('has a bound, whatever comes from outside', () => {
    expect(wrapped('x\n'.repeat(10_000), 80)).toHaveLength(50);
  });
});
