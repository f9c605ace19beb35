import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InexactJson, isExactDecimal, MalformedJson, parseExactJson } from './exact-json.ts';

/** More than any recursion takes; its square is hours, so the timeout of a test is enough. */
const MUCH = 1_000_000;

describe('JSON read exactly', () => {
  it('is what JSON.parse makes of anything that was written as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(0, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(JSON.stringify(parseExactJson(text))).toBe(JSON.stringify(value));
        expect(JSON.stringify(parseExactJson(Buffer.from(text)))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('takes a number exactly when no digit of its value is lost', () => {
    const double = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
    fc.assert(
      fc.property(double, fc.nat({ max: 40 }), (value, digits) => {
        for (const literal of [String(value), value.toExponential(), value.toExponential(digits), value.toFixed(digits)]) {
          const isKept = isSameValue(literal, String(Number(literal))) && !(/^-/.test(literal) && Number(literal) === 0);
          expect([literal, isExactDecimal(literal)]).toEqual([literal, isKept]);
        }
      }),
    );
  });

  it('finds a key said twice wherever it is put', () => {
    const key = fc.string({ unit: 'grapheme' });
    const at = fc.record({ before: fc.dictionary(key, fc.jsonValue()), key, value: fc.jsonValue(), other: fc.jsonValue() });
    fc.assert(
      fc.property(at, fc.array(fc.boolean(), { maxLength: 20 }), ({ before, key, value, other }, levels) => {
        const pair = (inner: unknown) => `${JSON.stringify(key)} : ${JSON.stringify(inner)}`;
        const rest = Object.entries(before).filter(([name]) => name !== key);
        const inner = `{${[pair(value), ...rest.map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`), pair(other)].join()}}`;
        const text = levels.reduce((text, isList) => (isList ? `[1,${text}]` : `{"x":${text}}`), inner);
        expect(() => parseExactJson(text)).toThrow(InexactJson);
      }),
    );
  });

  it.each([
    ['a list in lists', `${'['.repeat(MUCH)}${']'.repeat(MUCH)}`],
    ['zeros before a one', `[0.${'0'.repeat(MUCH)}1]`],
    ['zeros between ones', `[1${'0'.repeat(MUCH)}1]`],
    ['an exponent', `[1e${'9'.repeat(MUCH)}]`],
    ['backslashes', `["${'\\\\'.repeat(MUCH)}"]`],
    ['quotes', `["${'\\"'.repeat(MUCH)}"]`],
    ['keys', `{${Array.from({ length: MUCH / 10 }, (_, at) => `"${at}":0`).join()}}`],
    ['space', `[1${' '.repeat(MUCH)}]`],
  ])('is read or refused however much of it there is: %s', (_what, text) => {
    try {
      parseExactJson(text);
    } catch (error) {
      expect(error).toBeInstanceOf(InexactJson);
      expect(String(error).length).toBeLessThan(300);
    }
  });

  it.each(['', ' ', '{', '[1,]', '"', '\ufeff{}', 'nul', '01'])('is none in %j', (text) => {
    expect(() => parseExactJson(text)).toThrow(MalformedJson);
  });
});

/** Of two decimals, by whole numbers alone. */
function isSameValue(left: string, right: string): boolean {
  const [one, other] = [left, right].map((literal) => {
    const [, sign = '', whole = '', fraction = '', power = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(literal) ?? [];
    return { digits: BigInt(`${sign}${whole}${fraction}`), power: Number(power) - fraction.length };
  });
  if (one === undefined || other === undefined) return false;
  const least = Math.min(one.power, other.power);
  return one.digits * 10n ** BigInt(one.power - least) === other.digits * 10n ** BigInt(other.power - least);
}
