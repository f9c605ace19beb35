import { expect, it } from 'vitest';
import { isAsciiLocale } from './locale.ts';

it.each([
  [{}, false],
  [{ LANG: '' }, false],
  [{ LANG: 'en_US.UTF-8' }, false],
  [{ LANG: 'de_DE.utf8' }, false],
  [{ LANG: 'C.UTF-8' }, false],
  [{ LC_CTYPE: 'UTF-8', LANG: 'C' }, false],
  [{ LANG: 'C' }, true],
  [{ LANG: 'POSIX' }, true],
  [{ LANG: 'en_US.ISO-8859-1' }, true],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, true],
])('of %j says %s', (variables, isAscii) => {
  expect(isAsciiLocale(variables)).toBe(isAscii);
});
