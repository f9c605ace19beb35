import { expect, it } from 'vitest';
import { ParsedEntries } from './parsed-entries.ts';
import { toStored } from './redis-entry.ts';
import { answerOf } from './testing/subject.ts';

const bodyOf = (version: number, metadata: Readonly<Record<string, unknown>> = {}) => {
  const answer = answerOf(version, ['news'], 0);
  const content = answer.content && { ...answer.content, metadata: { ...answer.content.metadata, ...metadata } };
  const { text, tags } = toStored({ ...answer, content }, { clock: 0, life: 'a' });
  return text.slice(text.indexOf('\n') + 1 + tags.length);
};

it('an entry is parsed when its text is new, and only then', () => {
  const entries = new ParsedEntries();
  const first = entries.parse('content:1', bodyOf(1));
  expect(first).toEqual(answerOf(1, ['news'], 0));
  expect(entries.parse('content:1', bodyOf(1))).toBe(first);
  expect(entries.parse('content:1', bodyOf(2))).toEqual(answerOf(2, ['news'], 0));
  expect(entries.parse('content:1', bodyOf(1))).toEqual(first);
});

it('what another program wrote is no entry', () => {
  const entries = new ParsedEntries();
  for (let at = 0; at < 2; at += 1) expect(() => entries.parse('content:1', '{}')).toThrow('expected an entry stored by this version');
});

it('what is kept is bounded by the memory that it takes, not by its text', () => {
  const [entries, keys] = [new ParsedEntries(), Array.from({ length: 1_000 }, (_, at) => `content:${at}`)];
  const body = bodyOf(1, { all: Array.from({ length: 1_000 }, () => ({})) });
  const first = keys.map((key) => entries.parse(key, body));
  // From the last on: what is not kept is parsed, and takes the place of what is.
  const kept = keys.toReversed().filter((key, at) => entries.parse(key, body) === first[keys.length - 1 - at]).length;
  expect(kept).toBeGreaterThan(100);
  expect(kept * 1_000 * 64).toBeLessThan(24 * 2 ** 20);
});
