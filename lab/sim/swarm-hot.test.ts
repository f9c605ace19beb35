import { describe, expect, it } from 'vitest';
import { drawScenario } from './swarm.ts';

const REGIONS = ['us-east', 'eu-west', 'ap-south'];
const DRAWN = Array.from({ length: 300 }, (_, at) => drawScenario({ seed: at + 1, regions: REGIONS, durationMs: 60_000 }));
const hotIn = ({ system }: (typeof DRAWN)[number]) => Object.values(system.regions).map(({ hot = -1 }) => hot);

describe('seeds', () => {
  it('have hot entries, in one of two or so, in regions with one edge and with several, and say so of each region', () => {
    const hot = DRAWN.filter((scenario) => hotIn(scenario).some((ms) => ms > 0));
    expect(hot.length / DRAWN.length).toBeGreaterThan(0.4);
    expect(hot.length / DRAWN.length).toBeLessThan(0.6);
    expect(new Set(hot.flatMap(hotIn))).toEqual(new Set([25, 100, 1_000, 8_000]));
    expect(new Set(DRAWN.filter((scenario) => !hot.includes(scenario)).flatMap(hotIn))).toEqual(new Set([0]));
    const members = hot.flatMap(({ system }) => Object.values(system.regions).map((region) => region.members ?? 1));
    expect(new Set(members)).toEqual(new Set([1, 2, 3]));
  });
});
