import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../checks/checks.ts';
import { InvalidInput } from '../errors.ts';
import { parseScenario, readScenario, withDuration } from './scenario.ts';
import { writtenScenario } from './written.ts';

/** Without deletions and purges. */
const LEFT_OUT = ['resurrection', 'purge-ignored', 'fresh-beyond-lease'];
const LEAST_CHECKS = Object.keys(CHECKS).filter((name) => !LEFT_OUT.includes(name));
const LEAST = 'version: 1\ntitle: t\nworkload: { duration: 10s, reads: 1/s, writes: 1/s, keys: 1 }\n';

function withMethod(...steps: readonly string[]): string {
  return `${LEAST}method:\n${steps.map((step) => `  - ${step}\n`).join('')}`;
}

function messageOf(text: string): string {
  try {
    parseScenario(text, 'f.yaml');
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
  throw new Error('expected a refusal');
}

describe('a scenario file', () => {
  it('is judged by every check that its workload gives something to judge', () => {
    const workload = 'workload: { duration: 5s, reads: 1/s, writes: 10/s, keys: 2, deletes: 2%, purges: 2% }';
    const scenario = { id: 'f', ...parseScenario(LEAST.replace(/workload:.*/, workload), 'f.yaml') };
    expect(scenario.checks).toEqual(Object.keys(CHECKS).filter((name) => name !== 'fresh-beyond-lease'));
    expect(withDuration(scenario, 4_000).checks).toEqual(LEAST_CHECKS);
  });

  it('is judged by the bound of a lease where it asks for one', () => {
    const system = 'system: { lease: 5s, skew: 100ms }\n';
    const scenario = parseScenario(`${LEAST}${system}`, 'f.yaml');
    expect(scenario.system).toMatchObject({ lease: 5_000, skew: 100 });
    expect(scenario.checks).toContain('fresh-beyond-lease');
    expect(parseScenario(writtenScenario({ id: 'f', ...scenario }), 'f.yaml').system).toEqual(scenario.system);
  });

  it.each([true, false])('says whether edges have a circuit breaker: %s', (breaker) => {
    const scenario = parseScenario(`${LEAST}system: { breaker: ${breaker} }\n`, 'f.yaml');
    expect(scenario.system.breaker).toBe(breaker);
    expect(parseScenario(writtenScenario({ id: 'f', ...scenario }), 'f.yaml').system).toEqual(scenario.system);
  });

  it('is judged by the checks it names, whatever its workload', () => {
    const scenario = { id: 'f', ...parseScenario(`${LEAST}checks: [resurrection]\n`, 'f.yaml') };
    expect(scenario.checks).toEqual(['resurrection']);
    expect(withDuration(scenario, 4_000).checks).toEqual(['resurrection']);
  });

  it('may have shares of all its writes, whatever their digits', () => {
    for (const shares of ['creates: 50%, deletes: 25%, purges: 25%', 'creates: 33.3%, deletes: 33.3%, purges: 33.4%', 'purges: 100%']) {
      const { workload } = parseScenario(LEAST.replace('{ ', `{ ${shares}, `), 'f.yaml');
      expect(workload.creates + workload.deletes + workload.purges).toBeCloseTo(1);
    }
  });

  it('needs no more than a title and a workload', () => {
    expect(parseScenario(LEAST, 'f.yaml')).toMatchObject({
      settle: 10_000,
      checks: LEAST_CHECKS,
      staleness: 'adjusted',
      system: { regions: {} },
      method: [],
      workload: { duration: 10_000, skew: 0.9 },
    });
  });

  it('may be JSON', () => {
    const workload = { duration: '1s', reads: '1/s', writes: '1/s', keys: 1 };
    expect(parseScenario(JSON.stringify({ version: 1, title: 't', workload }, null, 2), 'f.json')).toMatchObject({ title: 't' });
  });

  it('has faults with their times, targets and parameters as written', () => {
    const { method } = parseScenario(
      withMethod(
        "{ at: 5s, fault: partition, target: 'edge:eu-west<->kafka', for: 10s }",
        "{ at: 300ms, fault: latency, target: 'edge:one->origin', latency: 200ms, jitter: 50ms }",
        '{ at: 0s, fault: flush, target: redis:eu-west }',
      ),
      'f.yaml',
    );
    expect(method).toEqual([
      { atMs: 5000, fault: 'partition', target: 'edge:eu-west<->kafka', forMs: 10_000, parameters: {} },
      { atMs: 300, fault: 'latency', target: 'edge:one->origin', forMs: undefined, parameters: { latency: '200ms', jitter: '50ms' } },
      { atMs: 0, fault: 'flush', target: 'redis:eu-west', forMs: undefined, parameters: {} },
    ]);
  });

  it('has thresholds and a steady-state hypothesis, and is written back as the same', () => {
    const text = [
      LEAST,
      "steady-state-hypothesis: { title: s, probes: [{ converged: true }, { error-ratio: '< 0.01' }, { p99: '<2e2' }] }",
      'thresholds:',
      "  'edge_hit_ratio{region:us-east}': ['rate>0.9']",
      "  edge_read_duration: ['p(99)<210', { threshold: 'p(95)<50', abortOnFail: true, delayAbortEval: 5s }]",
    ].join('\n');
    const scenario = { id: 'f', ...parseScenario(text, 'f.yaml') };
    expect(scenario.hypothesis).toEqual({
      title: 's',
      probes: [{ converged: true }, { 'error-ratio': { operator: '<', limit: 0.01 } }, { p99: { operator: '<', limit: 200 } }],
    });
    expect(scenario.thresholds).toMatchObject([
      { selector: 'edge_hit_ratio{region:us-east}', tags: { region: 'us-east' }, text: 'rate>0.9', abortOnFail: false },
      { text: 'p(99)<210', expression: { aggregation: { percentile: 99 }, operator: '<', limit: 210 } },
      { text: 'p(95)<50', abortOnFail: true, delayAbortEvalMs: 5_000 },
    ]);
    const again = parseScenario(writtenScenario(scenario), 'f.yaml');
    expect([again.hypothesis, again.thresholds]).toEqual([scenario.hypothesis, scenario.thresholds]);
  });

  it('may say how many edges a region has', () => {
    const scenario = parseScenario(`${LEAST}system: { regions: { eu-west: { members: 2 } } }\n`, 'f.yaml');
    expect(scenario.system.regions).toEqual({ 'eu-west': { members: 2 } });
    expect(parseScenario(writtenScenario({ id: 'f', ...scenario }), 'f.yaml').system).toEqual(scenario.system);
    expect(() => parseScenario(`${LEAST}system: { regions: { eu-west: { members: 10 } } }\n`, 'f.yaml')).toThrow(/members/);
  });

  it('may change a region of the system', () => {
    const { system } = parseScenario(`${LEAST}system: { regions: { eu-west: { delay: 300ms, strategy: lazy }, us-east: {} } }\n`, 'f.yaml');
    expect(system).toEqual({ regions: { 'eu-west': { delay: 300, strategy: 'lazy' }, 'us-east': {} } });
  });

  it.each([
    ['an unknown key', `${LEAST}metod: []\n`, /^f\.yaml:4: metod: no such key .*; did you mean method\?$/],
    [
      'an unknown key below',
      LEAST.replace('keys: 1', 'keys: 1, speed: 2'),
      /^f\.yaml:3: workload\.speed: no such key \(known keys: duration,/,
    ],
    ['a key of a later version', `${LEAST}sessions: {}\n`, /^f\.yaml:4: sessions: no such key/],
    [
      'an unknown metric',
      `${LEAST}thresholds:\n  'edge_hit_ration{region:x}': ['rate>0.9']\n`,
      /^f\.yaml:5: thresholds\.edge_hit_ration\{region:x\}: expected a metric \(edge_reads, .*did you mean edge_hit_ratio\?$/,
    ],
    [
      'an aggregation of another type of metric',
      `${LEAST}thresholds:\n  edge_reads:\n    - count>1\n    - { threshold: 'p(99)<210' }\n`,
      /^f\.yaml:7: thresholds\.edge_reads\.1\.threshold: expected one of count, rate of a counter, got "p\(99\)"/,
    ],
    [
      'a misspelt word of a threshold',
      `${LEAST}thresholds:\n  staleness: [{ threshold: 'max<9', abortOnFial: true }]\n`,
      /^f\.yaml:5: .*abortOnFial: no such key .*; did you mean abortOnFail\?$/,
    ],
    ['thresholds that are no map', `${LEAST}thresholds: [1]\n`, /^f\.yaml:4: thresholds: expected a map, got \[1\]$/],
    [
      'thresholds that are no list',
      `${LEAST}thresholds: { staleness: 'max<9' }\n`,
      /^f\.yaml:4: thresholds\.staleness: expected a list of 1 to 20/,
    ],
    [
      'an unknown probe',
      `${LEAST}steady-state-hypothesis:\n  title: t\n  probes:\n    - { convergd: true }\n`,
      /^f\.yaml:7: steady-state-hypothesis\.probes\.0\.convergd: no such key .*did you mean converged\?/,
    ],
    [
      'a probe that compares nothing',
      `${LEAST}steady-state-hypothesis:\n  title: t\n  probes:\n    - { p99: 210 }\n`,
      /^f\.yaml:7: steady-state-hypothesis\.probes\.0\.p99: expected a comparison such as '< 0\.01'.*, got 210$/,
    ],
    [
      'two probes in one',
      `${LEAST}steady-state-hypothesis:\n  title: t\n  probes:\n    - { converged: true, p99: '< 1' }\n`,
      /^f\.yaml:7: steady-state-hypothesis\.probes\.0: expected one of converged, error-ratio, hit-ratio, p99, got/,
    ],
    ['no duration', LEAST.replace('10s,', '0s,'), /^f\.yaml:3: workload\.duration: expected a duration above 0, got "0s"$/],
    [
      'a duration that is none when rounded',
      LEAST.replace('10s,', '0.4ms,'),
      /^f\.yaml:3: workload\.duration: expected a duration of at least 1ms, got "0\.4ms"$/,
    ],
    [
      'a lease that is none when rounded',
      `${LEAST}system: { lease: 0.4ms }\n`,
      /^f\.yaml:4: system\.lease: expected a duration of at least 1ms, got "0\.4ms"$/,
    ],
    ['no reads', LEAST.replace('reads: 1/s', 'reads: 0/s'), /^f\.yaml:3: workload\.reads: expected a rate above 0\/s.*, got "0\/s"$/],
    [
      'no writes',
      LEAST.replace('writes: 1/s', 'writes: 0.0/s'),
      /^f\.yaml:3: workload\.writes: expected a rate above 0\/s.*, got "0\.0\/s"$/,
    ],
    ['no time to settle', `${LEAST}settle: 0s\n`, /^f\.yaml:4: settle: expected a duration above 0, got "0s"$/],
    ['hardly time to settle', `${LEAST}settle: 10ms\n`, /^f\.yaml:4: settle: expected at least 1000 ms, .*, got "10ms"$/],
    [
      'shares of more than all writes',
      LEAST.replace('{ ', '{ creates: 60%, deletes: 60%, purges: 60%, '),
      /^f\.yaml:3: workload: expected creates, deletes and purges to be at most 100 % of the writes together, got 180 %/,
    ],
    [
      'a probe that no ratio can meet',
      `${LEAST}steady-state-hypothesis:\n  title: t\n  probes:\n    - { hit-ratio: '> 1' }\n`,
      /^f\.yaml:7: steady-state-hypothesis\.probes\.0\.hit-ratio: expected a comparison that can hold, of a value from 0 to 1, got "> 1"$/,
    ],
    [
      'a probe that no latency can meet',
      `${LEAST}steady-state-hypothesis:\n  title: t\n  probes:\n    - { p99: '< 0' }\n`,
      /^f\.yaml:7: .*p99: expected a comparison that can hold, of a value from 0 to \d+, got "< 0"$/,
    ],
    ['a bad duration', LEAST.replace('10s,', '10 sec,'), /^f\.yaml:3: workload\.duration: expected a duration.*, got "10 sec"$/],
    ['a number for a duration', LEAST.replace('10s,', '10,'), /^f\.yaml:3: workload\.duration: expected a duration.*, got 10$/],
    ['another version', LEAST.replace('version: 1', 'version: 2'), /^f\.yaml:1: version: expected 1, got 2$/],
    ['no title', LEAST.replace('title: t\n', ''), /^f\.yaml:1: title: missing, expected a string$/],
    ['no checks', `${LEAST}checks: []\n`, /^f\.yaml:4: checks: .*, got \[\]$/],
    [
      'an unknown check',
      `${LEAST}checks: [divergance]\n`,
      /^f\.yaml:4: checks\.0: expected .*, got "divergance"; did you mean divergence\?$/,
    ],
    [
      'an unknown staleness',
      `${LEAST}staleness: strickt\n`,
      /^f\.yaml:4: staleness: expected one of adjusted, strict, .*did you mean strict\?$/,
    ],
    [
      'a key too many in a region',
      `${LEAST}system:\n  regions:\n    eu-west: { dellay: 1s }\n`,
      /^f\.yaml:6: .*dellay.*did you mean delay\?$/,
    ],
    ['bad YAML', `${LEAST}x: [\n`, /^f\.yaml:\d+: /],
    ['nothing', '', /^f\.yaml:1: expected a map, got null$/],
  ])('with %s is refused by file, line and key', (_what, source, message) => {
    expect(messageOf(source)).toMatch(message);
  });

  it.each([
    [
      'an unknown fault',
      '{ at: 1s, fault: partitoin, target: edge:a->kafka, x: 1 }',
      /method\.0\.fault: expected a fault \(partition, .*got "partitoin"; did you mean partition\?$/,
    ],
    ['no fault', '{ at: 1s, target: edge:a->kafka }', /method\.0\.fault: missing, expected a fault$/],
    ['no time', '{ fault: kill, target: origin }', /method\.0\.at: missing, expected a duration/],
    ['no target', '{ at: 1s, fault: kill }', /method\.0\.target: missing, expected a target/],
    [
      'a target of another kind',
      '{ at: 1s, fault: flush, target: edge:a }',
      /method\.0\.target: expected a target of flush \(redis:<region>\), got "edge:a"$/,
    ],
    ['a node that is not there', '{ at: 1s, fault: kill, target: kafak }', /method\.0\.target: expected a node .*did you mean kafka\?$/],
    ['a link that is not there', '{ at: 1s, fault: partition, target: edge:a->edge:b }', /method\.0\.target: expected a link of/],
    ['a missing parameter', '{ at: 1s, fault: latency, target: edge:a->kafka }', /method\.0\.latency: missing, expected a duration/],
    [
      'a bad parameter',
      '{ at: 1s, fault: latency, target: edge:a->kafka, latency: much }',
      /method\.0\.latency: expected a duration.*got "much"$/,
    ],
    [
      'a parameter the fault has not',
      '{ at: 1s, fault: latency, target: edge:a->kafka, latency: 1s, jiter: 1s }',
      /method\.0\.jiter: no such key \(known keys: at, fault, target, for, latency, jitter\); did you mean jitter\?$/,
    ],
    [
      'a misspelt word of every fault',
      '{ at: 1s, fault: kill, target: origin, fro: 1s }',
      /method\.0\.fro: no such key .*did you mean for\?$/,
    ],
    [
      'for of what is over at once',
      '{ at: 1s, fault: flush, target: redis:a, for: 1s }',
      /method\.0\.for: flush is over at once and takes no for$/,
    ],
    ['for no time', '{ at: 1s, fault: kill, target: origin, for: 0s }', /method\.0\.for: expected a duration above 0, got "0s"$/],
    ['a negative time', '{ at: -1s, fault: kill, target: origin }', /method\.0\.at: expected a duration.*got "-1s"$/],
    [
      'a start after the load',
      '{ at: 10s, fault: kill, target: origin }',
      /method\.0\.at: expected a time before the load ends \(10000 ms\), got 10000 ms$/,
    ],
    ['no map', 'kill', /method\.0: expected a map, got "kill"$/],
  ])('with a fault of %s is refused by line', (_what, step, message) => {
    const refused = messageOf(withMethod(step));
    expect(refused).toMatch(message);
    expect(refused).toMatch(/^f\.yaml:5: .*$/);
  });

  it('may have a fault that outlasts the load, which the heal phase ends', () => {
    expect(parseScenario(withMethod('{ at: 9s, fault: kill, target: origin, for: 1m }'), 'f.yaml').method[0]?.forMs).toBe(60_000);
  });

  it('is told all that is wrong with it, in the order of its lines', () => {
    const text = `titel: x\n${withMethod('{ at: 1s, fault: kil, target: orign }', '{ at: 1, fault: kill, target: origin }').replace('keys: 1', 'keys: 0')}`;
    expect(
      messageOf(text)
        .split('\n')
        .map((line) => /^f\.yaml:(\d+: [\w.]+)/.exec(line)?.[1]),
    ).toEqual(['1: titel', '4: workload.keys', '6: method.0.fault', '6: method.0.target', '7: method.1.at']);
  });

  it('is told at most twenty things, and that there are more', () => {
    const lines = messageOf(withMethod(...Array.from({ length: 50 }, () => '{ at: 1s, fault: kil, target: origin }'))).split('\n');
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('… and 30 more');
  });

  it('cannot move the cursor or fill the screen by what is in it', () => {
    const message = messageOf(`${LEAST}"a\\e[2J\\nb": 1\n${'k'.repeat(1_000)}: 1\ntags: ${'x'.repeat(10_000)}\n`);
    expect(message.split('\n')).toHaveLength(3);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(message).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(message.length).toBeLessThan(2_000);
  });

  it('is named by its file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'edgesync-'));
    try {
      for (const name of ['two-3.yaml', 'two-3.yml', 'two-3.json', 'two-3']) {
        await writeFile(join(folder, name), LEAST);
        expect((await readScenario(join(folder, name))).id).toBe('two-3');
      }
      for (const name of ['Two.yaml', 'a b.yaml', '.yaml', 'two.txt', `${'x'.repeat(65)}.yaml`]) {
        await writeFile(join(folder, name), LEAST);
        await expect(readScenario(join(folder, name))).rejects.toThrow(/expected a file named by 1 to 64 of a-z, 0-9 and -/);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('may be run for another time: when that is shorter, its faults come and go in proportion', () => {
    const steps = ['{ at: 5s, fault: kill, target: origin, for: 2s }', '{ at: 9s, fault: restart, target: origin }'];
    const scenario = { id: 'f', ...parseScenario(withMethod(...steps), 'f.yaml') };
    const timesUnder = (durationMs: number) => withDuration(scenario, durationMs).method.map(({ atMs, forMs }) => [atMs, forMs]);
    expect(withDuration(scenario, undefined)).toBe(scenario);
    expect(withDuration(scenario, 5_001).workload.duration).toBe(5_001);
    expect(timesUnder(5_000)).toEqual([
      [2_500, 1_000],
      [4_500, undefined],
    ]);
    expect(timesUnder(60_000)).toEqual([
      [5_000, 2_000],
      [9_000, undefined],
    ]);
    expect(timesUnder(1)).toEqual([
      [0, 1],
      [0, undefined],
    ]);
  });

  it('of any bytes is read or refused in lines that name it', () => {
    const whole = withMethod(
      "{ at: 5s, fault: latency, target: 'edge:one<->kafka', latency: 1s, for: 10s }",
      '{ at: 1s, fault: flush, target: redis:a }',
    );
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constantFrom('[]', '{}', 'null', '-1', '.nan', '*a', '&a ', '\n', ': ', '- ', 'method', 'constructor'),
    );
    const damaged = fc
      .tuple(fc.nat(whole.length), fc.nat(20), piece)
      .map(([at, length, put]) => `${whole.slice(0, at)}${put}${whole.slice(at + length)}`);
    const truncated = fc.nat(whole.length).map((length) => whole.slice(0, length));
    fc.assert(
      fc.property(fc.oneof(damaged, truncated, fc.string({ unit: 'binary' })), (text) => {
        try {
          JSON.stringify(parseScenario(text, 'f.yaml'));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidInput);
          expect(error).toMatchObject({ message: expect.stringMatching(/^(f\.yaml(:\d+)?: .+(\n|$))+$/) });
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
