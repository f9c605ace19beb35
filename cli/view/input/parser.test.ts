/** Keys from bytes, in whatever pieces they come. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInputParser } from './parser.ts';
import type { Token } from './tokens.ts';

const ESC = '\u001b';
const bytes = (text: string) => Buffer.from(text, 'latin1');
const names = (tokens: readonly Token[]) => tokens.map((token) => (token.kind === 'paste' ? `paste ${token.text}` : token.name));

/** `gap`: a pause before each piece but the first, as long as the parser waits. */
function keysOf(pieces: readonly Uint8Array[], { withPauses = false, toTheEnd = true } = {}): readonly string[] {
  const parser = createInputParser();
  const tokens = pieces.flatMap((piece, at) => [...(withPauses && at > 0 ? parser.lapse() : []), ...parser.push(piece)]);
  return names([...tokens, ...(toTheEnd ? parser.lapse() : [])]);
}

const whole = (text: string) => keysOf([bytes(text)]);

describe('a key', () => {
  it.each([
    ['w', ['w']],
    ['\r', ['return']],
    ['\t', ['tab']],
    ['\u007f', ['backspace']],
    ['\u0003', ['ctrl+c']],
    ['\u000c', ['ctrl+l']],
    ['\u001a', ['ctrl+z']],
    [ESC, ['escape']],
    [`${ESC}${ESC}`, ['escape', 'escape']],
    [`${ESC}\u0003`, ['escape', 'ctrl+c']],
    [`${ESC}[A`, ['up']],
    [`${ESC}OB`, ['down']],
    [`${ESC}[1;5C`, ['right']],
    [`${ESC}[Z`, ['shift+tab']],
    [`${ESC}[5~${ESC}[6~`, ['pageup', 'pagedown']],
    [`${ESC}[5$`, ['pageup']],
    [`${ESC}[3~`, ['backspace']],
    [`${ESC}[F${ESC}OF${ESC}[4~`, ['end', 'end', 'end']],
    [`${ESC}[H${ESC}OH${ESC}[1~${ESC}[7~`, ['home', 'home', 'home', 'home']],
    [`${ESC}OM`, ['return']],
    [`${ESC}[99;5u${ESC}[113u${ESC}[27u${ESC}[97;1:3u`, ['ctrl+c', 'q', 'escape']],
    [Buffer.from('é日🇩🇪').toString('latin1'), ['é', '日', '🇩', '🇪']],
  ] as const)('%j is %j', (text, keys) => {
    expect(whole(text)).toEqual(keys);
  });

  it.each([
    ['a letter with Alt', `${ESC}q${ESC}b`],
    ['the focus', `${ESC}[I${ESC}[O`],
    ['where the cursor is', `${ESC}[24;80R`],
    ['what the terminal is', `${ESC}[?62;c${ESC}[>0;276;0c${ESC}[?2026;2$y`],
    ['a report of the mouse', `${ESC}[<0;10;20M${ESC}[<0;10;20m`],
    ['an old report of the mouse, at any column', `${ESC}[M b#${ESC}[M\u007f\u00ff`.concat('\u00ff')],
    ['a colour', `${ESC}]11;rgb:ffff/ffff/ffff\u0007${ESC}]11;rgb:0/0/0${ESC}\\`],
    ['a name of the terminal', `${ESC}P>|xterm(390)${ESC}\\`],
    ['a function key', `${ESC}OP${ESC}[[A${ESC}[15~${ESC}[1;2Q`],
    ['half a sequence', `${ESC}[20`],
    ['broken UTF-8', '\u00ff\u00c3\u0080\u0080'.slice(0, 1)],
  ])('is not made of %s', (_what, text) => {
    expect(whole(text)).toEqual([]);
  });

  it('is not made of what is pasted, whatever is in it', () => {
    expect(whole(`${ESC}[200~qc\u0003${ESC}[A${ESC}[20${ESC}[201~w`)).toEqual([`paste qc\u0003${ESC}[A${ESC}[20`, 'w']);
  });

  it('that is Ctrl-C ends a paste whose end was lost', () => {
    expect(keysOf([bytes(`${ESC}[200~qq`), bytes('\u0003q')], { withPauses: true })).toEqual(['ctrl+c', 'q']);
  });

  it('a person presses after Esc is that key', () => {
    for (const key of ['q', '[', ']', 'O', 'P', 'X', '\r'])
      expect(keysOf([bytes(ESC), bytes(key), bytes('')], { withPauses: true })).toEqual(['escape', key === '\r' ? 'return' : key]);
  });
});

/** Whole things that a terminal sends. */
const sent = fc.oneof(
  fc.constantFrom('q', 'w', 'b', ':', '\r', '\u0003', '\u007f', Buffer.from('é日').toString('latin1')),
  fc.constantFrom(
    `${ESC}[A`,
    `${ESC}OD`,
    `${ESC}[1;5C`,
    `${ESC}[6~`,
    `${ESC}[Z`,
    `${ESC}[I`,
    `${ESC}[24;80R`,
    `${ESC}[<0;1;2M`,
    `${ESC}[[C`,
  ),
  fc
    .string({ minLength: 3, maxLength: 3, unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) })
    .map((report) => `${ESC}[M${report}`),
  fc
    .string({ unit: fc.constantFrom('q', 'x', '\r', ESC, '[', '2', '0', '1'), maxLength: 12 })
    .filter((text) => !text.includes(`${ESC}[201~`))
    .map((text) => `${ESC}[200~${text}${ESC}[201~`),
);
/** What is given up after a second of nothing, for its begin is also a letter with Alt: nobody here asks for it. */
const answer = fc.constantFrom(`${ESC}]11;rgb:ff/ff/ff\u0007`, `${ESC}P>|name${ESC}\\`);
/** Ctrl-C ends it, but only after a second of nothing. */
const paste = fc.constantFrom(`${ESC}[200~q\u0003q${ESC}[201~`);
const byte = fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code));
const anything = fc.oneof(sent, answer, paste, fc.string({ unit: byte }));

function cut(text: string, places: readonly number[]): readonly Uint8Array[] {
  const at = [0, ...places.map((place) => place % (text.length + 1)).sort((left, right) => left - right), text.length];
  return at.slice(1).map((to, index) => bytes(text.slice(at[index], to)));
}

const places = fc.array(fc.nat(), { maxLength: 8 });
const RUNS = { numRuns: 3_000 } as const;

describe('bytes that are split anywhere', () => {
  it('give the same keys as in one piece', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 6 }), places, (parts, at) => {
        const text = parts.join('');
        expect(keysOf(cut(text, at))).toEqual(whole(text));
      }),
      RUNS,
    );
  });

  it('give no key that they do not hold, and lose none, however long each piece is waited for: at most an Esc too many', () => {
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 4 }), fc.nat(), (parts, place) => {
        const text = parts.join('');
        const keys = keysOf(cut(text, [place]), { withPauses: true });
        const escapes = keys.indexOf('escape');
        const without = escapes < 0 ? keys : keys.toSpliced(escapes, 1);
        expect(without).toEqual(whole(text));
      }),
      RUNS,
    );
  });
});
