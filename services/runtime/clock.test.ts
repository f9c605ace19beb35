import { expect, it } from 'vitest';
import { toTimestamp } from './clock.ts';

it('tells a time to the nearest millisecond, also one just before a whole one', () => {
  expect(toTimestamp(1_767_225_599_999.9995)).toBe('2026-01-01T00:00:00.000Z');
});
