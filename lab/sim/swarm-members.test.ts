import { describe, expect, it } from 'vitest';
import { drawScenario } from './swarm.ts';

const REGIONS = ['us-east', 'eu-west', 'ap-south'];
const DRAWN = Array.from({ length: 300 }, (_, at) => drawScenario({ seed: at + 1, regions: REGIONS, durationMs: 60_000 }));
const membersIn = ({ system }: (typeof DRAWN)[number]) => Object.values(system.regions).flatMap(({ members }) => members ?? []);

describe('seeds', () => {
  it('have several edges in some regions: two or three, in one seed in five or so, and never where clocks differ', () => {
    const shared = DRAWN.filter((scenario) => membersIn(scenario).length > 0);
    expect(shared.length / DRAWN.length).toBeGreaterThan(0.1);
    expect(shared.length / DRAWN.length).toBeLessThan(0.3);
    expect(new Set(shared.flatMap(membersIn))).toEqual(new Set([2, 3]));
    expect(shared.filter(({ system }) => system.clocks !== undefined)).toEqual([]);
  });

  it('aim faults at each of the edges that there are, at no other, and settings at the region', () => {
    const targets = DRAWN.flatMap(({ method, system }) => method.map((step) => ({ ...step, system })));
    const numbered = targets.filter(({ target }) => target.includes('/'));
    expect(new Set(numbered.map(({ target }) => /\/(\d)/.exec(target)?.[1]))).toEqual(new Set(['2', '3']));
    for (const { target, fault, system } of numbered) {
      const [, region = '', member] = /edge:([a-z-]+)\/(\d)/.exec(target) ?? [];
      expect(Number(member)).toBeLessThanOrEqual(system.regions[region]?.members ?? 1);
      expect(['propagation-delay', 'strategy']).not.toContain(fault);
    }
  });

  it('that have one edge a region are what they were without this', () => {
    for (const seed of [1, 3, 103]) {
      const options = { seed, regions: REGIONS, durationMs: 60_000 };
      expect(JSON.stringify(drawScenario({ ...options, members: 1 }))).toBe(JSON.stringify(drawScenario(options)));
    }
  });
});
