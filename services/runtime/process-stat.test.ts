import { expect, it } from 'vitest';
import { processorMsIn, statFields } from './process-stat.ts';

/** As the kernel writes it: the name is whatever a program calls itself. */
const STAT = '4711 (tmux: a) server) S 1 4711 4711 0 -1 4194560 731 0 0 0 250 75 0 0 20 0 1 0 123456 11000000 900 0 1 1';

it('the fields of a process are found whatever its name is', () => {
  expect(statFields(STAT)[0]).toBe('S');
  expect(statFields(STAT)[19]).toBe('123456');
});

it('its processor time is that in user and in system mode', () => {
  expect(processorMsIn(STAT)).toBe(3_250);
});

it('what is no such text tells of no time', () => {
  expect(processorMsIn('')).toBeUndefined();
});
