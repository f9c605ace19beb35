import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invalidationEvent, modeOf, parseInvalidation } from './invalidation.ts';

const EVENT = { id: 'e1', type: 'key', target: 'content:1', timestamp: '2030-01-01T00:00:00.000Z', priority: 'normal' } as const;

describe('a record of the log', () => {
  it.each([
    ['a write', { ...EVENT, version: 3 }],
    ['a deletion', { ...EVENT, version: 4, mode: 'hard', priority: 'high' }],
    ['a purge', { ...EVENT, type: 'pattern', target: 'content:*', mode: 'soft' }],
  ])('is read as %s', (_title, event) => {
    expect(parseInvalidation(JSON.stringify(event))).toEqual(event);
  });

  it('may carry fields of a later version', () => {
    expect(parseInvalidation(JSON.stringify({ ...EVENT, version: 3, region: 'us-east' }))).toEqual({ ...EVENT, version: 3 });
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['an event without id', JSON.stringify({ ...EVENT, id: undefined })],
    ['an event of an unknown type', JSON.stringify({ ...EVENT, type: 'regex' })],
    ['an event of an unknown mode', JSON.stringify({ ...EVENT, mode: 'medium' })],
    ['an event with version 0', JSON.stringify({ ...EVENT, version: 0 })],
    ['an event with half a version', JSON.stringify({ ...EVENT, version: 1.5 })],
    ['an event with a version in text', JSON.stringify({ ...EVENT, version: '3' })],
    ['an event without target', JSON.stringify({ ...EVENT, target: '' })],
    ['an event with an endless target', JSON.stringify({ ...EVENT, target: 'x'.repeat(513) })],
    ...['tag', 'pattern', 'all'].map((type) => [`a purge of type ${type} with a version`, JSON.stringify({ ...EVENT, type, version: 3 })]),
    ['an event with its target twice', JSON.stringify(EVENT).replace('"target":', '"target":"other","target":')],
    ['an event with half a surrogate pair in its target', JSON.stringify({ ...EVENT, target: '\ud800' })],
    ['an event with null for its mode', JSON.stringify({ ...EVENT, mode: null })],
  ])('cannot be read as an event when it holds %s', (_title, value) => {
    expect(parseInvalidation(value)).toBeUndefined();
  });

  it('is an event or nothing, never an exception', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.jsonValue().map((value) => JSON.stringify({ ...EVENT, target: value })),
        ),
        (value) => {
          const event = parseInvalidation(value);
          return event === undefined || invalidationEvent.safeParse(event).success;
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['eager', 'hard'],
    ['lazy', 'soft'],
  ] as const)('without a mode means in an %s region: %s', (strategy, mode) => {
    expect(modeOf(strategy)).toBe(mode);
  });
});
