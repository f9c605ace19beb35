import { describe, expect, it } from 'vitest';
import { parseScenario } from './scenario.ts';
import { checkBackend, checkRegions, checkSchedule } from './world-check.ts';

const REGIONS = ['us-east', 'eu-west'];
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
    expect(() => checkRegions(SCENARIO, REGIONS)).toThrow(
      /^f\.yaml:7: system\.regions\.eu-wast: expected a region \(us-east, eu-west\), got "eu-wast"; did you mean eu-west\?\nf\.yaml:10: method\.1\.target: expected a region .*got "ap-south"[^\n]*\nf\.yaml:16: thresholds\.staleness\{region:us-est\}: expected a region .*got "us-est"; did you mean us-east\?$/,
    );
    expect(() => checkRegions(SCENARIO, [...REGIONS, 'eu-wast', 'ap-south', 'us-est'])).not.toThrow();
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
      /^f\.yaml:6: method\.1\.target: kill edge:us-east is still in force at 2000 ms: it is healed at 6000 ms$/,
    );
    expect(() =>
      checkSchedule(parseScenario(text.replace("pause, target: 'edge:*'", "pause, target: 'edge:one'"), 'f.yaml'), REGIONS, 1),
    ).not.toThrow();
  });
});
