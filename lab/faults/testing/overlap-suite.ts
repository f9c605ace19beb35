/**
 * Two faults at one place, injected one after the other, healed in either order: each is seen in effect, and seen gone
 * though the other is still in force, by its own evidence.
 */

import { expect, it } from 'vitest';
import { type Backend, worldsWith } from '../../worlds/worlds.ts';
import type { ActiveFaults, FaultChange } from '../active-faults.ts';
import { FAULTS } from '../faults.ts';
import type { EveryFaultOptions } from './every-fault-suite.ts';
import { sharedFaults } from './shared-faults.ts';

const GONE_MS_MAX = 60_000;

type Written = readonly [fault: string, target: string, parameters?: Readonly<Record<string, string>>];

function overlaps(region: string): readonly (readonly [first: Written, second: Written])[] {
  const [edge, redis] = [`edge:${region}`, `redis:${region}`];
  const late = { latency: '200ms' };
  return [
    [
      ['partition', `${edge}<->kafka`],
      ['partition', `${edge}->kafka`],
    ],
    [
      ['partition', `kafka->${edge}`],
      ['partition', `${edge}->kafka`],
    ],
    [
      ['isolate', edge],
      ['partition', `${edge}<->origin`],
    ],
    [
      ['partition', `${edge}<->kafka`],
      ['latency', `${edge}<->kafka`, late],
    ],
    [
      ['partition', 'origin<->kafka'],
      ['kill', 'kafka'],
    ],
    [
      ['pause', 'kafka'],
      ['latency', `${edge}->kafka`, late],
    ],
    [
      ['isolate', edge],
      ['kill', edge],
    ],
    [
      ['kill', edge],
      ['pause', redis],
    ],
    [
      ['partition', `${edge}<->origin`],
      ['kill', 'origin'],
    ],
    [
      ['pause', 'postgres'],
      ['partition', 'origin->postgres'],
    ],
    [
      ['latency', `${edge}<->origin`, late],
      ['bandwidth', `${edge}<->origin`, { rate: '20' }],
    ],
  ];
}

/** Something that is over at once, under something that lasts. */
function instants(region: string): readonly (readonly [lasting: Written, instant: Written])[] {
  const edge = `edge:${region}`;
  return [
    [
      ['partition', 'origin<->kafka'],
      ['restart', 'kafka'],
    ],
    [
      ['isolate', edge],
      ['restart', edge],
    ],
    [
      ['pause', edge],
      ['restart', `redis:${region}`],
    ],
    [
      ['partition', `${edge}<->kafka`],
      ['reset', `${edge}<->kafka`],
    ],
  ];
}

export interface OverlapBench {
  readonly faults: ActiveFaults;
  readonly changes: readonly FaultChange[];
  /**
   * In real time, for a machine that is so busy that a heal shows only after it was given up: the look for it goes on.
   */
  readonly untilGone?: (id: string) => Promise<void>;
}

export interface OverlapOptions {
  readonly backend: Backend;
  readonly region: string;
  readonly withBench: (run: (bench: OverlapBench) => Promise<void>) => Promise<void>;
  /** Each pair in one order only, where each costs. */
  readonly isBrief?: boolean;
}

export function overlappingFaultsAreSeen({ backend, region, withBench, isBrief = false }: OverlapOptions): void {
  const isPossible = (pair: readonly Written[]) =>
    pair.every(([fault]) => worldsWith(FAULTS.get(fault) ?? { needs: [] }).includes(backend));
  const cases = overlaps(region)
    .filter(isPossible)
    .flatMap(([first, second]) => [
      [titleOf(first, second, 'first'), { first, second, order: [1, 2] }] as const,
      [titleOf(first, second, 'second'), { first, second, order: [2, 1] }] as const,
    ])
    .filter((_one, at) => !isBrief || at % 4 === 0 || at % 4 === 3);

  it.each(cases)('%s', async (_title, { first, second, order }) => {
    await withBench(async (bench) => {
      const { faults, changes, untilGone } = bench;
      const from = changes.length;
      const ids = [await injectOne(bench, first), await injectOne(bench, second)];
      for (const nth of order) {
        const id = ids[nth - 1] ?? '';
        await faults.heal(id);
        await untilGone?.(id);
        const heals = changes.slice(from).filter(({ spec, event }) => spec.id === id && event === 'healed');
        expect(heals.at(-1)?.effect).toBe('confirmed');
        if (untilGone === undefined) expect(heals).toHaveLength(1);
        expect(faults.inForce.map(({ spec }) => spec.id)).toEqual(nth === order[0] ? [ids[order[1] - 1]] : []);
      }
    });
  });

  const under = instants(region)
    .filter(isPossible)
    .map(([lasting, instant]) => [`${instant[0]} ${instant[1]} under ${lasting[0]} ${lasting[1]}`, lasting, instant] as const);

  it.each(under)('%s is seen in effect, and over at once', async (_title, lasting, instant) => {
    await withBench(async (bench) => {
      const { faults, untilGone } = bench;
      const id = await injectOne(bench, lasting);
      const over = await injectOne(bench, instant);
      await untilGone?.(over);
      expect(faults.inForce.map(({ spec }) => spec.id)).toEqual([id]);
      await faults.heal(id);
      await untilGone?.(id);
      expect(faults.inForce).toEqual([]);
    });
  });
}

/** In a world of real time, one for all cases. */
export function overlappingFaultsAreSeenAt({
  backend,
  startWorld,
  isBrief = false,
}: Pick<EveryFaultOptions, 'backend' | 'startWorld'> & Pick<OverlapOptions, 'isBrief'>): void {
  const { shared, changes } = sharedFaults(startWorld);

  const untilGone = async (id: string) => {
    await expect.poll(() => shared().faults.inForce.map(({ spec }) => spec.id), { timeout: GONE_MS_MAX }).not.toContain(id);
  };
  overlappingFaultsAreSeen({
    backend,
    region: 'eu-west',
    isBrief,
    withBench: (run) => run({ faults: shared().faults, changes, untilGone }),
  });
}

async function injectOne({ faults }: OverlapBench, [fault, target, parameters = {}]: Written): Promise<string> {
  const [injected] = await faults.inject({ fault, target, parameters });
  expect(injected).toMatchObject({ effect: 'confirmed' });
  return injected?.spec.id ?? '';
}

function titleOf([one, at]: Written, [other, there]: Written, which: string): string {
  return `${one} ${at} and ${other} ${there} are each seen in effect, and gone, the ${which} one first`;
}
