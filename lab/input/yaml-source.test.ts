import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../errors.ts';
import { parseYaml, readSource } from './yaml-source.ts';

const BYTES_MAX = 256 * 1024;

async function withFile<T>(bytes: string | Uint8Array, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-'));
  try {
    const file = join(folder, 'f.yaml');
    await writeFile(file, bytes);
    return await use(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a source', () => {
  it('is read up to 256 KiB, counted in bytes', async () => {
    expect(await withFile('x'.repeat(BYTES_MAX), readSource)).toHaveLength(BYTES_MAX);
    await withFile('€'.repeat(BYTES_MAX / 3 + 1), async (file) => {
      await expect(readSource(file)).rejects.toThrow(/f\.yaml: expected at most 262144 bytes, got more/);
    });
  });

  it('that never ends is refused too', async () => {
    await expect(readSource('/dev/zero')).rejects.toThrow(/expected at most 262144 bytes/);
  });

  it('that is no text is refused', async () => {
    await withFile(Uint8Array.of(0x61, 0xff, 0xfe), async (file) => {
      await expect(readSource(file)).rejects.toThrow(/expected text in UTF-8/);
    });
  });

  it.each([
    ['/nowhere.yaml', /^\/nowhere\.yaml: cannot be read \(ENOENT\)$/],
    ['/', /^\/: cannot be read \(EISDIR\)$/],
  ])('%s cannot be read, and why is said', async (file, message) => {
    await expect(readSource(file)).rejects.toThrow(message);
  });
});

const TEXT = `title: x
workload:
  keys: 5
  shares: { creates: 1 }
method:
  - at: 1
    fault: kill

  - { at: 2,
      fault: pause }
again: &again
  deep: 1
other: *again
`;

describe('the line of a key', () => {
  const { lineOf } = parseYaml(TEXT, { file: 'f.yaml' });

  it.each([
    [[], 1],
    [['title'], 1],
    [['workload', 'keys'], 3],
    [['workload', 'shares', 'creates'], 4],
    [['workload', 'missing'], 2],
    [['workload', 'keys', 'below', 'a', 'number'], 3],
    [['method', 0, 'fault'], 7],
    [['method', 1], 9],
    [['method', 1, 'fault'], 10],
    [['method', 2], 5],
    [['other', 'deep'], 12],
    [['nowhere', 'at', 'all'], 1],
  ])('%j is %i', (path, line) => {
    expect(lineOf(path)).toBe(line);
  });
});

/** As many as fit into the bound. */
function full(text: string): string {
  return text.repeat(Math.floor(BYTES_MAX / text.length));
}

function numbered(count: number, toText: (at: number) => string, separator: string): string {
  return Array.from({ length: count }, (_, at) => toText(at)).join(separator);
}

const TOO_DEEP = /expected at most 32 levels of nesting, got more/;

describe('YAML', () => {
  it.each([
    ['that cannot be read', 'a: 1\nb: [', /^f\.yaml:2: /],
    ['that says a key twice', 'a: 1\nb:\n  c: 1\n  c: 2', /^f\.yaml:4: expected each key once, got "c" again$/],
    ['that says a key twice in two ways', 'a: { 1: x, "1": y }', /got "1" again/],
    [
      'with a number above 2^53',
      'a: 1\nkeys: 9007199254740993',
      /^f\.yaml:2: expected a number that a double holds exactly, got 9007199254740993$/,
    ],
    ['with such a number in base 16', 'a: [0x20000000000001]', /got 0x20000000000001$/],
    ['with such a number in base 8', 'a: 0o400000000000000001', /got 0o400000000000000001$/],
    ['with such a number for a key', '9007199254740993: x', /got 9007199254740993$/],
    ['with more digits than are kept', 'a: 0.12345678901234567890', /^f\.yaml:1: .*got 0\.12345678901234567890$/],
    ['with a number too large', 'a: 1e400', /got 1e400$/],
    ['with __proto__', 'a:\n  __proto__: { polluted: 1 }', /^f\.yaml:2: no such key as "__proto__"$/],
    ['of several documents', 'a: 1\n---\nb: 2', /^f\.yaml:2: /],
    ['of more aliases than allowed', `a: &a x\nb: [${numbered(101, () => '*a', ', ')}]`, /expected at most 100 aliases, got more/],
    [
      'with an alias bomb',
      `a: &a [${numbered(9, () => 'x', ', ')}]\nb: &b [${numbered(9, () => '*a', ', ')}]\nc: &c [${numbered(9, () => '*b', ', ')}]\nd: [*c, *c]`,
      /alias/,
    ],
    ['with an alias inside what it names', 'a: &a { b: [*a] }', TOO_DEEP],
    ['that nests through aliases', numbered(20, (at) => `a${at}: &a${at} [[${at === 0 ? '' : `*a${at - 1}`}]]`, '\n'), TOO_DEEP],
    ['that nests too deeply', `${'['.repeat(33)}${']'.repeat(33)}`, TOO_DEEP],
    ['of open brackets', full('['), TOO_DEEP],
    ['of open braces', full('{a: '), TOO_DEEP],
    ['of dashes', full('- '), TOO_DEEP],
    ['of question marks', full('? '), TOO_DEEP],
    // Each took 16 s to a minute as the library is by default.
    ['of commas', `[${full(',').slice(1)}`, /^f\.yaml:1: /],
    ['of quotes', full('"'), /^f\.yaml:1: /],
    ['of anchors', full('&a '), /^f\.yaml:1: /],
    ['of different keys, the last twice', `${numbered(30_000, (at) => `k${at}: 1`, '\n')}\nk7: 1`, /^f\.yaml:30001: /],
    ['of anchors with an alias each', numbered(10_000, (at) => `- &a${at} x\n- *a${at}`, '\n'), /at most 100 aliases/],
  ])('%s is refused', (_what, text, message) => {
    expect(() => parseYaml(text, { file: 'f.yaml' })).toThrow(message);
  });

  it('may nest 32 levels, and merge maps when asked', () => {
    expect(parseYaml(`${'['.repeat(32)}${']'.repeat(32)}`, { file: 'f.yaml' }).value).toHaveLength(1);
    const merged = parseYaml('a: &a { x: 1 }\nb: { <<: *a, y: 2 }', { file: 'f.yaml', merge: true });
    expect(merged.value).toMatchObject({ b: { x: 1, y: 2 } });
  });

  it('keeps every number that is exact, however it is written', () => {
    const text = 'a: [+5, 1.0, .5, 5., 1e2, 0x10, 0o17, 9007199254740991, -.inf, 0, 10000000000000000000000, "9007199254740993"]';
    const { value } = parseYaml(text, { file: 'f.yaml' });
    const read = [5, 1, 0.5, 5, 100, 16, 15, 9_007_199_254_740_991, -Infinity, 0, 1e22, '9007199254740993'];
    expect(value).toEqual({ a: read });
  });

  it('of any text is a value or a sentence that names the file', () => {
    const snippet = fc.constantFrom(
      '[',
      ']',
      '{',
      '}',
      ': ',
      '- ',
      '? ',
      '&a ',
      '*a',
      '!',
      '!!map ',
      '"',
      "'",
      '|',
      '>',
      '\n',
      '  ',
      '#',
      '<<',
      '%',
      '---',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.oneof(snippet, fc.string({ maxLength: 3 }))).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, fc.boolean(), (source, merge) => {
        try {
          JSON.stringify(parseYaml(source, { file: 'f.yaml', merge }).value);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInput);
          expect(error).toMatchObject({ message: expect.stringMatching(/^f\.yaml.*: [^\n]+$/) });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
