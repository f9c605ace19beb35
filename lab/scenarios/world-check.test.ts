import { describe, expect, it } from 'vitest';
import { parseScenario } from './scenario.ts';
import { checkBackend, checkLease, checkRegions, checkSchedule, edgeCountsOf } from './world-check.ts';

const REGIONS = ['us-east', 'eu-west'];
const one = (regions: readonly string[]) => edgeCountsOf(regions.map((region) => ({ region })));
const SCENARIO = parseScenario(
  `version: 1
title: t
workload: { duration: 10s, reads: 1/s, writes: 1/s, keys: 1 }
system:
  regions:
    us-east: { delay: 1s }
    eu-wast: { delay: 1s }
method:
  - { at: 1s, fault: partition, target: 'edge:eu-west->kafka' }
  - { at: 1s, fault: kill, target: 'edge:ap-south' }
  - { at: 1s, fault: kill, target: 'redis:*' }
  - { at: 1s, fault: kill, target: 'redis:majority' }
  - { at: 1s, fault: kill, target: origin }
  - { at: 1s, fault: reset, target: 'edge:one->origin' }
thresholds:
  'staleness{region:us-est}': [max<900, avg<9]
  'staleness{region:us-east}': [max<900]
`,
  'f.yaml',
);

describe('a scenario and its world', () => {
  it('agree on the regions, or each that is not there is named by line', () => {
    expect(() => checkRegions(SCENARIO, one(REGIONS))).toThrow(
      /^f\.yaml:7: system\.regions\.eu-wast: expected a region \(us-east, eu-west\), got "eu-wast"; did you mean eu-west\?\nf\.yaml:10: method\.1\.target: expected a region .*got "ap-south"[^\n]*\nf\.yaml:16: thresholds\.staleness\{region:us-est\}: expected a region .*got "us-est"; did you mean us-east\?$/,
    );
    expect(() => checkRegions(SCENARIO, one([...REGIONS, 'eu-wast', 'ap-south', 'us-est']))).not.toThrow();
  });

  describe('agree on the lease', () => {
    const asking = (lease: string) =>
      parseScenario(
        `version: 1\ntitle: t\nsystem: { lease: ${lease} }\nworkload: { duration: 10s, reads: 1/s, writes: 1/s, keys: 1 }\n`,
        'f.yaml',
      );
    const regions = [
      { region: 'us-east', environment: { PROPAGATION_DELAY: '100', FRESHNESS_LEASE: '1000' } },
      { region: 'eu-west', environment: { PROPAGATION_DELAY: '600', HEARTBEAT: '2000', CLOCK_SKEW_MAX: '0' } },
      { region: 'ap-south', environment: { PROPAGATION_DELAY: '60000' }, target: { name: 'varnish' } },
    ];

    it.each(['0s', '5600ms'])('%s is taken', (lease) => {
      expect(() => checkLease(asking(lease), regions)).not.toThrow();
    });

    it('one that some delay is too long for is refused by line, with what each region needs', () => {
      expect(() => checkLease(asking('1s'), regions)).toThrow(
        'f.yaml:3: system.lease: expected 0s for none, or at least 3600ms in us-east, 5600ms in eu-west, got 1000ms',
      );
    });
  });

  describe('agree on how many edges a region has', () => {
    const written = (lines: readonly string[]) =>
      parseScenario(`version: 1\ntitle: t\nworkload: { duration: 10s, reads: 1/s, writes: 1/s, keys: 1 }\n${lines.join('\n')}`, 'f.yaml');
    const kill = (target: string) => `  - { at: 1s, fault: kill, target: '${target}' }`;
    const two = edgeCountsOf([{ region: 'us-east' }, { region: 'eu-west', others: [{}] }]);

    it.each(['edge:eu-west', 'edge:eu-west/2', 'edge:us-east', 'edge:*', 'edge:one', 'redis:eu-west'])('%s is there', (target) => {
      expect(() => checkRegions(written(['method:', kill(target)]), two)).not.toThrow();
    });

    it.each([
      ['edge:eu-west/3', 'eu-west, which has 2'],
      ['edge:us-east/2', 'us-east, which has one'],
      ['edge:*/2', 'us-east, which has one'],
      ['edge:one/2', 'us-east, which has one'],
    ])('%s is refused by line', (target, which) => {
      expect(() => checkRegions(written(['method:', kill(target)]), two)).toThrow(
        `f.yaml:5: method.0.target: expected an edge of ${which}, got "${target}"`,
      );
    });

    it('a link of an edge that is not there is refused, too', () => {
      const cut = "  - { at: 1s, fault: partition, target: 'kafka->edge:eu-west/3', for: 1s }";
      expect(() => checkRegions(written(['method:', cut]), two)).toThrow('expected an edge of eu-west, which has 2');
    });

    it('what the scenario says counts before what the file has', () => {
      const system = (members: number) => [
        'system:',
        '  regions:',
        `    eu-west: { members: ${members} }`,
        'method:',
        kill('edge:eu-west/3'),
      ];
      expect(() => checkRegions(written(system(3)), two)).not.toThrow();
      expect(() => checkRegions(written(system(1)), two)).toThrow('expected an edge of eu-west, which has one');
    });

    it('an edge and a region that the log would know by one name are refused', () => {
      const system = (members: number) => ['system:', '  regions:', `    eu-west: { members: ${members} }`];
      const named = (region: string) => one([...REGIONS, region]);
      const message = 'f.yaml:6: system.regions.eu-west.members: edge 2 of eu-west and the region eu-west-2 would share a consumer group';
      expect(() => checkRegions(written(system(2)), named('eu-west-2'))).toThrow(message);
      expect(() => checkRegions(written(system(3)), named('eu-west-2'))).toThrow(message);
      expect(() => checkRegions(written(system(1)), named('eu-west-2'))).not.toThrow();
      expect(() => checkRegions(written(system(2)), named('eu-west-3'))).not.toThrow();
    });
  });

  it('agree on the faults, or each that cannot be injected there is named by line', () => {
    expect(() => checkBackend(SCENARIO, 'simulated')).toThrow(
      /^f\.yaml:14: method\.5\.fault: reset needs a world of [^\n]*, this one is simulated$/,
    );
    expect(() => checkBackend(SCENARIO, 'embedded')).not.toThrow();
  });

  it('agree on where the faults go, or each that meets another that excludes it is named by line', () => {
    const text = `version: 1
title: t
workload: { duration: 10s, reads: 1/s, writes: 1/s, keys: 1 }
method:
  - { at: 1s, fault: kill, target: 'edge:us-east', for: 5s }
  - { at: 2s, fault: pause, target: 'edge:*', for: 1s }
  - { at: 2s, fault: isolate, target: 'edge:*' }
  - { at: 7s, fault: restart, target: 'edge:us-east' }
`;
    expect(() => checkSchedule(parseScenario(text, 'f.yaml'), REGIONS, 1)).toThrow(
      /^f\.yaml:6: method\.1\.target: kill edge:us-east is still in force at 2000 ms: that fault is healed at 6000 ms$/,
    );
    expect(() =>
      checkSchedule(parseScenario(text.replace("pause, target: 'edge:*'", "pause, target: 'edge:one'"), 'f.yaml'), REGIONS, 1),
    ).not.toThrow();
  });
});
