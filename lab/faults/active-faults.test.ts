/**
 * When a fault counts: from before it acts until it is seen gone, whatever becomes of its act and whoever heals
 * everything meanwhile.
 */
import { describe, expect, it } from 'vitest';
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import { WorldFailed } from '../errors.ts';
import type { Clients } from '../system/clients.ts';
import type { WorldControl } from '../worlds/world.ts';
import { withFaults } from './testing/active-faults.ts';

const SLOW_MS = 6_000;
const CUT = 'edge:eu-west<->kafka';
const refuse = async (): Promise<never> => {
  throw new WorldFailed('refused');
};

/** One of each way of the control to break something; each acts only after `SLOW_MS`. */
const SLOW_ACTS: readonly (readonly [fault: string, target: string, slow: keyof WorldControl])[] = [
  ['partition', CUT, 'impair'],
  ['isolate', 'edge:eu-west', 'isolate'],
  ['pause', 'redis:eu-west', 'pause'],
  ['kill', 'edge:eu-west', 'kill'],
  ['restart', 'kafka', 'start'],
];

describe('a fault that acts slowly', () => {
  const slowed = (method: keyof WorldControl) => ({
    control: (own: WorldControl, clock: Parameters<typeof sleep>[0]) => ({
      [method]: async (...words: never[]) => {
        await sleep(clock, SLOW_MS);
        return (own[method] as (...given: never[]) => Promise<void>)(...words);
      },
    }),
  });

  it.each(SLOW_ACTS)('%s %s is told before it acts', async (fault, target, method) => {
    await withFaults(async ({ clock, inject, faults, told }) => {
      const injected = inject(fault, target);
      await sleep(clock, SLOW_MS / 2);
      expect(told()[0]).toBe('f1 injecting unconfirmed');
      expect(faults.inForce).toMatchObject([{ spec: { id: 'f1' }, injectedMs: expect.any(Number) }]);
      expect(faults.inForce[0]?.injectedMs).toBeLessThan(SLOW_MS / 2);
      await injected;
      await faults.healAll();
    }, slowed(method));
  });

  it.each(SLOW_ACTS)('%s %s is waited for by whoever heals everything, and healed', async (fault, target, method) => {
    await withFaults(async ({ clock, inject, faults, told, broken }) => {
      const injected = inject(fault, target);
      await sleep(clock, SLOW_MS / 2);
      expect(await faults.healAll()).toEqual([]);
      await injected;
      await sleep(clock, 10 * SLOW_MS);
      expect(faults.inForce).toEqual([]);
      expect(await broken()).toEqual([]);
      expect(told().at(-1)).toMatch(/^f1 healed confirmed/);
    }, slowed(method));
  });

  it('is healed once, whoever asks for it, and however often', async () => {
    await withFaults(async ({ clock, inject, faults, told, broken }) => {
      const injected = inject('pause', 'redis:eu-west');
      await sleep(clock, SLOW_MS / 2);
      const lefts = await Promise.all([faults.healAll(), faults.heal('f1'), faults.healAll()]);
      await injected;
      expect(lefts).toEqual([[], undefined, []]);
      expect(told().filter((line) => line.startsWith('f1 heal'))).toHaveLength(2);
      expect(await broken()).toEqual([]);
    }, slowed('pause'));
  });
});

describe('a fault that its users notice late', () => {
  const NOTICED_MS = 1_500;

  it.each([
    ['kill', 'kafka'],
    ['pause', 'kafka'],
  ])('%s %s is seen in effect from when the world has it on record', async (fault, target) => {
    let noticed = 0;
    const late = (own: Clients, clock: Clock): Partial<Clients> => {
      const untilMs = clock.monotonicMs() + NOTICED_MS;
      const ask = own.originHealth.bind(own);
      return {
        originHealth: async (signal) => {
          const health = await ask(signal);
          if (clock.monotonicMs() > untilMs) noticed += 1;
          return clock.monotonicMs() > untilMs ? health : { ...health, log: 'connected' };
        },
      };
    };
    await withFaults(
      async ({ inject, faults, changes }) => {
        const [inForce] = await inject(fault, target);
        expect(inForce?.effect).toBe('confirmed');
        expect(noticed).toBe(1);
        const injected = changes.find(({ event }) => event === 'injected');
        expect((injected?.atMs ?? 0) - (inForce?.injectedMs ?? 0)).toBeLessThan(NOTICED_MS / 10);
        await faults.healAll();
      },
      { clients: late },
    );
  });
});

describe('while everything is healed', () => {
  const slowHeal = {
    control: (own: WorldControl, clock: Parameters<typeof sleep>[0]) => ({
      repair: async (id: string) => {
        await sleep(clock, SLOW_MS);
        await own.repair(id);
      },
    }),
  };

  it('nothing new is injected, which is said; afterwards it is again', async () => {
    await withFaults(async ({ clock, inject, faults, broken }) => {
      await inject('partition', CUT);
      const healed = faults.healAll();
      await sleep(clock, SLOW_MS / 2);
      await expect(inject('pause', 'redis:eu-west')).rejects.toThrow(
        'pause redis:eu-west: everything is being healed; try again when the heal is done',
      );
      expect(await healed).toEqual([]);
      expect(await broken()).toEqual([]);
      await inject('pause', 'redis:eu-west');
      expect(await broken()).toEqual(['redis:eu-west is paused']);
      expect(await faults.healAll()).toEqual([]);
    }, slowHeal);
  });

  it('a fault that waited for the end of one of its kind is not injected either', async () => {
    await withFaults(async ({ clock, inject, faults, broken }) => {
      await inject('partition', CUT);
      const healed = faults.heal('f1');
      await sleep(clock, 10);
      const again = inject('partition', CUT).catch((error: Error) => error.message);
      await sleep(clock, 10);
      const all = faults.healAll();
      await healed;
      expect(await again).toMatch(/everything is being healed/);
      expect(await all).toEqual([]);
      expect(await broken()).toEqual([]);
    }, slowHeal);
  });

  it('a fault that is being prepared is withdrawn: nothing is done, what was written is struck out, nobody hears of it', async () => {
    const written: string[] = [];
    await withFaults(
      async ({ clock, inject, faults, told, broken }) => {
        const injected = inject('partition', CUT).catch((error: Error) => error.message);
        await sleep(clock, SLOW_MS / 2);
        expect(written).toEqual([]);
        expect(await faults.healAll()).toEqual([]);
        expect(await injected).toMatch(/everything is being healed/);
        expect(told()).toEqual([]);
        expect(await broken()).toEqual([]);
        expect(written).toEqual(['struck out']);
      },
      {
        control: (own, clock) => ({
          register: () => sleep(clock, SLOW_MS),
          repair: async (id) => {
            written.push('struck out');
            await own.repair(id);
          },
        }),
      },
    );
  });

  it('nothing is injected any more once the faults are over', async () => {
    await withFaults(async ({ inject, faults }) => {
      await faults.end();
      await expect(inject('pause', 'origin')).rejects.toThrow('pause origin: the lab is ending and injects no more faults');
    });
  });
});

describe('an act that fails', () => {
  it.each<[string, string, (own: WorldControl) => Partial<WorldControl>]>([
    [
      'partition',
      CUT,
      (own) => ({
        // As with two toxics of which the second is refused.
        impair: async (id, link, _direction, impairment) => {
          await own.impair(id, link, 'there', impairment);
          await refuse();
        },
      }),
    ],
    [
      'isolate',
      'edge:eu-west',
      (own) => ({
        isolate: async (id, edge) => {
          await own.isolate(id, edge);
          await refuse();
        },
      }),
    ],
    [
      'pause',
      'redis:eu-west',
      (own) => ({
        pause: async (node) => {
          await own.pause(node);
          await refuse();
        },
      }),
    ],
    [
      'kill',
      'edge:eu-west',
      (own) => ({
        kill: async (node) => {
          await own.kill(node);
          await refuse();
        },
      }),
    ],
    [
      'restart',
      'kafka',
      (own) => {
        let starts = 0;
        return {
          start: async (node) => {
            starts += 1;
            if (starts === 1) await refuse();
            await own.start(node);
          },
        };
      },
    ],
  ])('half way, of %s %s, is told, and healed like any other', async (fault, target, control) => {
    await withFaults(
      async ({ inject, faults, told, broken }) => {
        await expect(inject(fault, target)).rejects.toThrow('refused');
        expect(await broken()).toEqual([]);
        expect(faults.inForce).toEqual([]);
        expect(told()[0]).toBe('f1 injecting unconfirmed');
        expect(told().at(-1)).toMatch(/^f1 healed confirmed/);
      },
      { control },
    );
  });

  it('at one of several targets ends it at the others', async () => {
    await withFaults(
      async ({ inject, faults, told, broken }) => {
        await expect(inject('pause', 'redis:*')).rejects.toThrow('refused');
        expect(await broken()).toEqual([]);
        expect(faults.inForce).toEqual([]);
        expect(told().filter((line) => line.includes('injecting'))).toHaveLength(3);
        expect(told().filter((line) => line.includes('healed confirmed'))).toHaveLength(3);
      },
      { control: (own) => ({ pause: (node) => (node === 'redis:eu-west' ? refuse() : own.pause(node)) }) },
    );
  });

  it('and cannot be healed either stays listed, and is healed when that can be done', async () => {
    let canRepair = false;
    await withFaults(
      async ({ inject, faults, broken }) => {
        const failing = inject('partition', CUT).catch((error: Error) => error.message);
        expect(await failing).toBe('refused');
        expect(faults.inForce).toMatchObject([{ says: 'edge:eu-west<->kafka is cut', state: 'inForce' }]);
        expect(await broken()).toEqual(['edge:eu-west-kafka is impaired']);
        canRepair = true;
        expect(await faults.healAll()).toEqual([]);
        expect(await broken()).toEqual([]);
      },
      {
        control: (own) => ({
          impair: async (id, link, direction, impairment) => {
            await own.impair(id, link, direction, impairment);
            await refuse();
          },
          repair: async (id) => (canRepair ? own.repair(id) : refuse()),
        }),
      },
    );
  });
});

describe('a heal', () => {
  it('that could not be done in time is done when it can be, though nobody asks again', async () => {
    let canRepair = false;
    await withFaults(
      async ({ clock, inject, faults, told, broken }) => {
        await inject('partition', CUT);
        await faults.heal('f1');
        expect(told().at(-1)).toBe('f1 healed unconfirmed');
        expect(await broken()).toEqual(['edge:eu-west-kafka is impaired']);
        canRepair = true;
        await sleep(clock, 2_000);
        expect(told().at(-1)).toBe('f1 healed confirmed');
        expect(faults.inForce).toEqual([]);
        expect(await broken()).toEqual([]);
      },
      { control: (own) => ({ repair: async (id) => (canRepair ? own.repair(id) : refuse()) }) },
    );
  });

  it('of everything answers what is left, and does it again when it is asked again', async () => {
    let canResume = false;
    await withFaults(
      async ({ inject, faults, broken }) => {
        await inject('pause', 'origin');
        await inject('partition', CUT);
        expect(await faults.healAll()).toEqual(['origin is paused']);
        expect(await broken()).toEqual(['origin is paused']);
        canResume = true;
        expect(await faults.healAll()).toEqual([]);
        expect(await broken()).toEqual([]);
      },
      { control: (own) => ({ resume: async (node) => (canResume ? own.resume(node) : refuse()) }) },
    );
  });
});
