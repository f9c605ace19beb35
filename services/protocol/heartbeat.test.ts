import { describe, expect, it } from 'vitest';
import { heartbeatValue, parseUnmarked } from './heartbeat.ts';
import { parseInvalidation } from './invalidation.ts';

describe('a record that leaves no mark', () => {
  it('is a heartbeat, which no reader of invalidations takes for one', () => {
    const value = heartbeatValue({ time: 1_000, partitions: 3 });
    expect(parseUnmarked(value)).toEqual({ beat: { time: 1_000, partitions: 3 } });
    expect(parseInvalidation(value)).toBeUndefined();
  });

  it('is of a kind nobody knows, where it says that it may be skipped', () => {
    expect(parseUnmarked('{"type":"weather","skippable":true}')).toEqual({ beat: undefined });
  });

  it.each([
    ['of a kind nobody knows that does not say so', '{"type":"weather"}'],
    ['an invalidation, whatever it says', '{"type":"key","target":"content:1","skippable":true}'],
    ['without a kind', '{"skippable":true}'],
    ['not JSON', '{"type":"heartbeat",'],
    ['a heartbeat that may not be skipped', '{"type":"heartbeat","time":1000,"partitions":3}'],
  ])('is none that is %s', (_title, value) => {
    expect(parseUnmarked(value)).toBeUndefined();
  });

  it('is a heartbeat that cannot be read as one: it counts for nothing', () => {
    expect(parseUnmarked('{"type":"heartbeat","time":"soon","partitions":3,"skippable":true}')).toEqual({ beat: undefined });
  });
});
