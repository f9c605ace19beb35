/** What counts as typed. */
import { expect, it } from 'vitest';
import { keyNames, strokesOf } from './key-names.ts';
import { createInputParser } from './parser.ts';

const keys = (text: string, isText = false) =>
  strokesOf(createInputParser().push(Buffer.from(text))).map((stroke) => ('keys' in stroke ? keyNames(stroke, isText) : stroke));

it('takes a few keys at once for typing, more for none, unless a text is asked for', () => {
  expect(keys('wwbb')).toEqual([['w', 'w', 'b', 'b']]);
  expect(keys('quit quit')).toEqual([[]]);
  expect(keys('quit quit\r', true)).toEqual([[...'quit quit', 'return']]);
  expect(keys('x'.repeat(201), true)).toEqual([[]]);
});

it('hears Ctrl-C, arrows and Backspace among whatever else came with them', () => {
  expect(keys('too much to be typed\u0003')).toEqual([[], ['ctrl+c']]);
  expect(keys('w\u001b[Ab')).toEqual([['w'], ['up'], ['b']]);
  expect(keys('\u007f'.repeat(20))).toEqual(Array.from({ length: 20 }, () => ['backspace']));
});

it('keeps a paste apart from what is typed', () => {
  expect(keys('w\u001b[200~quit\u001b[201~w')).toEqual([['w'], { paste: 'quit' }, ['w']]);
});
