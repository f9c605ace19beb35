/** Scenarios over a live target: what they become, and what is refused. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LiveFile, liveTarget, ownOrigin } from '../rails/testing/live-target.ts';
import { readTopology, type Topology, withRegionTarget } from '../topology/topology.ts';
import { canRunOver, overLive } from './over-live.ts';
import { parseScenario, readScenario, type Scenario } from './scenario.ts';

const COMPOSE = join(import.meta.dirname, '../../compose.yaml');
const RULES = { perSecond: 5, allowsWidePurge: false };
const OWN = ownOrigin('http://127.0.0.1:9');

async function topologyOf(file: LiveFile = {}, where: readonly string[] = ['us-east', 'eu-west', 'ap-south']): Promise<Topology> {
  const topology = await readTopology({ file: COMPOSE, environment: {} });
  const target = liveTarget(file);
  return { ...topology, regions: topology.regions.map((one) => (where.includes(one.region) ? withRegionTarget(one, target) : one)) };
}

const builtIn = (name: string) => readScenario(join(import.meta.dirname, `${name}.yaml`));

function scenarioOf(method: string, more = 'workload: { duration: 10s, reads: 3/s, writes: 0.4/s, keys: 3 }'): Scenario {
  return { id: 's', ...parseScenario(`version: 1\ntitle: t\n${more}\nmethod:\n${method}\n`, 's.yaml') };
}

const over = async (scenario: Scenario, file: LiveFile = {}, rules = RULES) => overLive(scenario, await topologyOf(file), rules);

describe('a scenario over a live target', () => {
  it('is one region, the one that it breaks something of, at the pace of the rails', async () => {
    const { scenario, topology, notes } = await over(await builtIn('purge-answer-lost'));
    expect(topology.regions.map(({ region }) => region)).toEqual(['eu-west']);
    expect(scenario.system.only).toEqual(['eu-west']);
    expect(scenario.method.map(({ fault }) => fault)).toEqual(['partition', 'partition']);
    expect(scenario.workload).toMatchObject({ reads: 4, writes: 0.5, keys: 5, purges: 0, duration: 22_000 });
    expect(scenario.thresholds).toEqual([]);
    expect(notes).toEqual([
      'a live target is one region, here eu-west; these regions are left out: us-east, ap-south',
      'left out, because they belong to other regions: restart purger:us-east',
      'slowed down to the limits of the rails: 4 reads and 0.5 writes a second over 5 keys; the scenario has 33.33 reads and 4 writes a second over 20 keys for a region',
      'left out: purges of the workload, because only keys can be purged',
      'left out: thresholds, because they belong to the load of the scenario',
      'a purge may wait 4200 ms for its turn, so answers may be old for that much longer',
    ]);
  });

  it.each([1, 2, 5, 20])('never asks for more than %i requests a second, purges and writes among them', async (perSecond) => {
    for (const file of [{}, { origin: OWN }]) {
      const { scenario } = await over(await builtIn('baseline'), file, { ...RULES, perSecond });
      const { reads, writes } = scenario.workload;
      expect(writes).toBeLessThanOrEqual(0.5);
      expect(reads + writes * (file.origin === undefined ? 1 : 2)).toBeLessThanOrEqual(perSecond);
    }
  });

  it('purges as seldom as its delivery asks for', async () => {
    const { scenario } = await over(
      scenarioOf('  []', 'system: { deliver: { again: [1s] } }\nworkload: { duration: 10s, reads: 9/s, writes: 9/s, keys: 3 }'),
    );
    expect(scenario.workload.writes).toBe(0.25);
  });

  it('stays as it is where its load is small', async () => {
    const { scenario, notes } = await over(scenarioOf("  - { at: 1s, fault: kill, target: 'purger:us-east', for: 2s }"));
    expect(scenario.workload).toMatchObject({ reads: 1, writes: 0.4, keys: 3 });
    expect(notes.some((note) => note.startsWith('slowed'))).toBe(false);
  });

  it.each([
    ['the cache', "kill, target: 'edge:eu-west'", 'kill edge:eu-west: cdn is a live target, so the lab cannot kill it'],
    ['the cache, frozen', "pause, target: 'edge:*'", 'so the lab cannot pause it'],
    ['all its links', "isolate, target: 'edge:one'", 'so the lab cannot isolate it'],
    ['a redis', "flush, target: 'redis:one'", 'cdn is a live target, and has no redis'],
    ['the origin', 'kill, target: origin', 'cdn would answer 5xx, and the third 5xx ends the run'],
    ['its database', "partition, target: 'origin<->postgres'", 'would answer 5xx'],
    ['the way to the origin', "partition, target: 'edge:eu-west->origin'", 'would answer 5xx'],
  ])('is refused by line where it breaks %s, with what can be broken', async (_what, step, message) => {
    const scenario = scenarioOf(`  - { at: 1s, fault: latency, target: 'edge:*<-origin', latency: 9ms }\n  - { at: 1s, fault: ${step} }`);
    await expect(over(scenario)).rejects.toThrow(message);
    await expect(over(scenario)).rejects.toThrow(/^s\.yaml:6: method\.1\.target: .*the lab can break the purger, the log and their links/);
    expect(canRunOver(scenario, liveTarget())).toBe(false);
  });

  it.each([
    "latency, target: 'edge:*<-origin', latency: 9ms",
    'kill, target: origin',
    "latency, target: 'origin<->postgres', latency: 9ms",
  ])('breaks nothing of an origin of the user’s own: %s', async (step) => {
    await expect(over(scenarioOf(`  - { at: 1s, fault: ${step} }`), { origin: OWN })).rejects.toThrow(
      'cdn has an origin of its own, which the lab does not break',
    );
  });

  it('is refused with a shield, with two live targets, and where only wide purges are declared', async () => {
    await expect(over(await builtIn('shield-first'))).rejects.toThrow(
      'system.shield: cdn is a live target, and the lab puts no second cache in front of a live target',
    );
    const [one, other] = [await topologyOf({}, ['us-east']), await topologyOf({ url: 'http://127.0.0.1:10' }, ['eu-west'])];
    const both = { ...one, regions: one.regions.map((region, at) => (at === 1 ? (other.regions[1] ?? region) : region)) };
    expect(() => overLive(scenarioOf('  []'), both, RULES)).toThrow('--target: expected one live target in a run, got 2');
    const wide = { purge: '{ hard: { all: PURGE / } }' };
    await expect(over(scenarioOf('  []'), wide)).rejects.toThrow(
      'cdn: hard all may purge contents of others; --allow-wide-purge allows that',
    );
    await expect(over(scenarioOf('  []'), wide, { ...RULES, allowsWidePurge: true })).resolves.toBeDefined();
  });

  it('is refused where it needs more requests than a run has, with a duration that fits', async () => {
    const long = scenarioOf('  []', 'workload: { duration: 60m, reads: 9/s, writes: 1/s, keys: 3 }');
    await expect(over(long)).rejects.toThrow(
      /^--target cdn: the run would send about \d+ requests, above the 2000 that are allowed; --duration (\d+)s fits/,
    );
  });

  it('purges no pattern, and sends nothing wide, though they are declared', async () => {
    const purge = '{ hard: { key: PURGE /<id>, tag: PURGE /tags/<tag>, pattern: PURGE /<pattern>, all: PURGE / } }';
    const { notes, scenario } = await over(await builtIn('untagged-304'), { purge });
    expect(notes).toContain('not sent, because they may purge contents of others: hard pattern, hard all');
    expect(scenario.workload.purges).toBe(0.6);
  });

  it('deletes nothing at an origin that has no word for it', async () => {
    const { notes, scenario } = await over(await builtIn('baseline'), { origin: OWN.replace(/, delete: [^}]*/, ' ') });
    expect(scenario.workload.deletes).toBe(0);
    expect(notes).toContain('left out: deletions, because live.origin has no delete');
  });

  it('is untouched where no target is live', async () => {
    const scenario = await builtIn('edge-crash');
    const topology = await readTopology({ file: COMPOSE, environment: {} });
    expect(overLive(scenario, topology, RULES)).toEqual({ scenario, topology, notes: [] });
  });
});
