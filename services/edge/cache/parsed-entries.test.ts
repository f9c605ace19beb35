import { expect, it } from 'vitest';
import { ParsedEntries } from './parsed-entries.ts';
import { toStored } from './redis-entry.ts';
import { answerOf } from './testing/subject.ts';

const bodyOf = (version: number) => {
  const { text, tags } = toStored(answerOf(version, ['news'], 0), { clock: 0, life: 'a' });
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
