import { expect, it } from 'vitest';
import { bytesOf } from './bytes-of.ts';
import { HotEntries } from './hot-entries.ts';
import { answerOf } from './testing/subject.ts';

const HOT_MS = 25;

const found = { state: 'fresh', entry: answerOf(1, ['a'], 0), clock: 1, life: 'one', fence: 0 } as const;
const sentAt = (sentMs: number) => ({ found, sentMs, spell: 1 });

it('nothing stays for more than two moments after it was looked up, once something else is held', () => {
  const entries = new HotEntries({ bytesMax: 1_000_000, hotMs: HOT_MS });
  entries.add('a', sentAt(1_000));
  entries.add('b', sentAt(1_000 + HOT_MS));
  expect([entries.get('a'), entries.get('b')]).not.toContain(undefined);
  entries.add('c', sentAt(1_001 + HOT_MS));
  expect([entries.get('a'), entries.get('b')], 'b may be answered').not.toContain(undefined);
  entries.add('d', sentAt(1_002 + 2 * HOT_MS));
  expect([entries.get('a'), entries.get('b'), entries.get('c')]).toEqual([undefined, undefined, sentAt(1_001 + HOT_MS)]);
});

it('one of them goes, however long it has been held', () => {
  const entries = new HotEntries({ bytesMax: 1_000_000, hotMs: HOT_MS });
  entries.add('a', sentAt(1_000));
  entries.add('b', sentAt(1_001 + HOT_MS));
  for (const key of ['a', 'b']) {
    expect(entries.get(key)).toBeDefined();
    entries.delete(key);
    expect(entries.get(key)).toBeUndefined();
  }
});

it.each([
  { title: 'what holds it', keyOf: (at: number) => `${at}`, most: 200 },
  { title: 'its key', keyOf: (at: number) => `${at}`.padEnd(1_000, 'x'), most: 50 },
])('an entry of nothing counts for $title', ({ keyOf, most }) => {
  const entries = new HotEntries({ bytesMax: 100_000, hotMs: HOT_MS });
  const nothing = { ...sentAt(1_000), found: { ...found, entry: null } };
  const keys = Array.from({ length: 1_000 }, (_, at) => keyOf(at));
  for (const key of keys) entries.add(key, nothing);
  expect(keys.filter((key) => entries.get(key) !== undefined).length).toBeLessThanOrEqual(most);
});

it('all of it goes at once', () => {
  const entries = new HotEntries({ bytesMax: 1_000_000, hotMs: HOT_MS });
  for (const at of [0, 1, 2, 3]) entries.add(`content:${at}`, sentAt(at * HOT_MS));
  entries.clear();
  for (const at of [0, 1, 2, 3]) expect(entries.get(`content:${at}`)).toBeUndefined();
});

it.each([
  { title: 'characters of one byte', value: { body: 'ü'.repeat(1_000) }, least: 2_000 },
  { title: 'wide characters', value: { body: '語'.repeat(1_000) }, least: 4_000 },
  { title: 'what one wide character makes wide', value: { body: `${'x'.repeat(1_000)}語` }, least: 4_000 },
  { title: 'what stands beside wide characters in one text', value: { body: '語', rest: 'x'.repeat(1_000) }, least: 3_000 },
  { title: 'characters that are escaped by six', value: { body: '\u0001'.repeat(1_000) }, least: 7_000 },
  {
    title: 'numbers that are written long',
    value: Array.from({ length: 1_000 }, (_, at) => -1.234567890123457e-300 * (at + 1)),
    least: 40_000,
  },
  {
    title: 'names that no other value has',
    value: { content: { metadata: Object.fromEntries(Array.from({ length: 1_000 }, (_, at) => [`n${at}`, 0])) } },
    least: 65_000,
  },
  {
    title: 'objects of one name each',
    value: { content: { metadata: { all: Array.from({ length: 1_000 }, (_, at) => ({ [`n${at}`]: 0 })) } } },
    least: 130_000,
  },
  { title: 'many small objects', value: Array.from({ length: 1_000 }, () => ({})), least: 64_000 },
])('a value counts for its memory and for that of its text: $title', ({ value, least }) => {
  expect(bytesOf(value)).toBeGreaterThanOrEqual(least);
  expect(bytesOf(value)).toBeLessThan(1.5 * least);
});

it('the names that all entries have count once, as their shape does', () => {
  const { content } = found.entry;
  expect(bytesOf(found.entry)).toBeLessThan(1_000);
  expect(bytesOf({ content: { ...content, metadata: { n: 0 } } }) - bytesOf({ content: { ...content, metadata: {} } })).toBeGreaterThan(64);
});

it('a value counts for no less than its characters, however deep it is', () => {
  expect(bytesOf({ body: 'x'.repeat(100), tags: ['ab', 'c'] })).toBeGreaterThan(2 * 103);
  expect(bytesOf(null)).toBeLessThan(100);
  let deep: unknown = 'x';
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  expect(bytesOf(deep)).toBeGreaterThan(100_000);
});
