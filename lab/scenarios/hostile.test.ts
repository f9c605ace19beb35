/** Scenario files made to hurt: each is refused in lines that name it, soon, and without a stack. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../errors.ts';
import { parseScenario } from './scenario.ts';

/**
 * Most take a tenth of a second; what grows without bound takes minutes. A busy machine makes each of them several
 * times as long.
 */
const CPU_MS_MAX = 10_000;
const BYTES = 256 * 1024;

const WHOLE = `version: 1
title: t
tags: [a]
system: { regions: { eu-west: { delay: 300ms, strategy: lazy } } }
workload: { duration: 10s, reads: 1/s, writes: 1/s, keys: 1 }
steady-state-hypothesis: { title: s, probes: [{ converged: true }, { error-ratio: '< 0.01' }] }
method:
  - { at: 5s, fault: latency, target: 'edge:one<->kafka', latency: 1s, for: 10s }
thresholds:
  'edge_hit_ratio{region:us-east}': ['rate>0.9']
  edge_read_duration: ['p(99)<210', { threshold: 'p(95)<50', abortOnFail: true, delayAbortEval: 5s }]
`;

const WORKLOAD = 'version: 1\ntitle: t\nworkload: { duration: 10s, reads: 1/s, writes: 1/s, keys: 1 }\n';

function repeated(of: (at: number) => string): string {
  let text = '';
  for (let at = 0; text.length < BYTES - WORKLOAD.length - 200; at += 1) text += of(at);
  return text;
}

/** By the time the processor was at it: other work on the machine does not count. */
function refusalOf(text: string): { readonly message: string; readonly cpuMs: number } {
  const before = process.cpuUsage();
  try {
    parseScenario(text, 'f.yaml');
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const { user, system } = process.cpuUsage(before);
    return { message: error.message, cpuMs: (user + system) / 1000 };
  }
  throw new Error('expected a refusal');
}

const bomb = (levels: number) =>
  Array.from(
    { length: levels },
    (_, at) => `a${at}: &a${at} [${Array.from({ length: 9 }, () => (at === 0 ? 'x' : `*a${at - 1}`)).join(', ')}]`,
  ).join('\n');

describe('a scenario file made to hurt', () => {
  it.each([
    ['an alias bomb', `${WORKLOAD}${bomb(9)}\nthresholds: *a8\n`],
    ['an alias inside itself', `${WORKLOAD}thresholds: &a { staleness: [*a] }\n`],
    ['lists in lists', `${WORKLOAD}method: ${'['.repeat(100_000)}`],
    ['maps in maps', `${WORKLOAD}thresholds: ${'{ a: '.repeat(40_000)}`],
    ['deep and closed', `${WORKLOAD}thresholds: ${'['.repeat(1_000)}${']'.repeat(1_000)}\n`],
    ['unknown metrics', `${WORKLOAD}thresholds:\n${repeated((at) => `  m${at}: [max<1]\n`)}`],
    ['one metric with too many tags', `${WORKLOAD}thresholds:\n  'staleness{${repeated((at) => `t${at}:1,`)}}': [max<1]\n`],
    ['one metric with too many thresholds', `${WORKLOAD}thresholds:\n  staleness: [${repeated(() => 'max<x, ')}]\n`],
    ['a threshold without end', `${WORKLOAD}thresholds:\n  staleness: ['${repeated(() => 'p(')}<1']\n`],
    ['a number without end', `${WORKLOAD}thresholds:\n  staleness: ['max<${repeated(() => '9')}']\n`],
    ['unknown probes', `${WORKLOAD}steady-state-hypothesis:\n  title: t\n  probes: [${repeated((at) => `{ p${at}: '< 1' }, `)}]\n`],
    ['unknown faults', `${WORKLOAD}method: [${repeated(() => '{ fault: x }, ')}]\n`],
    ['unknown keys', `${WORKLOAD}${repeated((at) => `k${at}: 1\n`)}`],
    ['a huge number', WORKLOAD.replace('keys: 1', `keys: ${'9'.repeat(400)}`)],
    ['a huge exponent', WORKLOAD.replace('keys: 1', 'keys: 1e999999')],
    ['a duration without end', WORKLOAD.replace('10s', `${'9'.repeat(10_000)}s`)],
    ['NUL bytes', `${WORKLOAD}"a\\0b": 1\n\0\0`],
    ['nothing but NUL bytes', '\0'.repeat(10_000)],
    ['__proto__ for a metric', `${WORKLOAD}thresholds: { __proto__: [max<1] }\n`],
    ['__proto__ for a key', `${WORKLOAD}__proto__: { thresholds: {} }\n`],
    ['constructor for a metric', `${WORKLOAD}thresholds: { constructor: [max<1], toString: [max<1] }\n`],
    ['constructor for a fault', `${WORKLOAD}method: [{ at: 1s, fault: constructor, target: origin }]\n`],
    ['hasOwnProperty for a probe', `${WORKLOAD}steady-state-hypothesis: { title: t, probes: [{ hasOwnProperty: true }] }\n`],
    ['bidi and cursor controls', `${WORKLOAD}thresholds: { "\\e[2J\\u202estaleness": [max<1] }\n`],
  ])('by %s is refused soon, in few lines', (_what, text) => {
    const { message, cpuMs } = refusalOf(text);
    expect(message).toMatch(/^(f\.yaml(:\d+)?: .+(\n|$)|… and \d+ more$)+$/);
    expect(message.split('\n').length).toBeLessThanOrEqual(21);
    expect(message.length).toBeLessThan(20_000);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(message).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(cpuMs).toBeLessThan(CPU_MS_MAX);
  });

  it('by cutting it off, damaging it or mixing its words is read or refused, never anything else', () => {
    const words = WHOLE.split(/(?<=[\s,:[\]{}'])/);
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constantFrom(
        '[]',
        '{}',
        'null',
        '-1',
        '1e400',
        '.nan',
        '~',
        '*a',
        '&a ',
        '<<: ',
        '!!binary ',
        '\0',
        '\n',
        '__proto__',
        'constructor',
      ),
    );
    const damaged = fc
      .tuple(fc.nat(WHOLE.length), fc.nat(30), piece)
      .map(([at, length, put]) => `${WHOLE.slice(0, at)}${put}${WHOLE.slice(at + length)}`);
    const truncated = fc.nat(WHOLE.length).map((length) => WHOLE.slice(0, length));
    const mixed = fc.shuffledSubarray(words).map((some) => some.join(''));
    fc.assert(
      fc.property(fc.oneof(damaged, truncated, mixed), (text) => {
        try {
          parseScenario(text, 'f.yaml');
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInput);
          expect(error).toMatchObject({ message: expect.stringMatching(/^(f\.yaml(:\d+)?: .+(\n|$))+$/) });
        }
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
