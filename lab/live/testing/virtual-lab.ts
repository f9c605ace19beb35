/** The world to play with, simulated and in virtual time, whose control a test may slow down or let fail. */

import { sleep } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import { VirtualClock } from '../../../services/runtime/virtual-clock.ts';
import { brokenIn } from '../../faults/testing/trials/broken.ts';
import { seedSetup } from '../../sim/testing/kit.ts';
import { startSimulated } from '../../worlds/simulated/simulated.ts';
import type { World, WorldControl } from '../../worlds/world.ts';
import type { LiveLab } from '../live-lab.ts';
import type { LabCommand, LiveEvent } from '../protocol.ts';
import { startLiveLab } from '../start-live-lab.ts';

const BEGUN_MS = 100;

export interface VirtualLab {
  readonly clock: VirtualClock;
  readonly lab: LiveLab;
  readonly events: readonly LiveEvent[];
  readonly do: (command: LabCommand) => void;
  /** What the log of the terminal would show. */
  readonly notes: () => readonly string[];
  readonly verdicts: () => readonly string[];
  readonly broken: () => Promise<readonly string[]>;
}

export interface VirtualLabOptions {
  readonly control?: (own: WorldControl, clock: VirtualClock) => Partial<WorldControl>;
  /** Done in the world before the lab has it. */
  readonly before?: (world: World, clock: VirtualClock) => Promise<void>;
  /** Scenarios that can be run, by name; none when left out. */
  readonly scenarios?: ReadonlyMap<string, string>;
}

/**
 * Closed after `run`, unless that has done it. Answers how many timers are left then: each would keep a process from
 * its end.
 */
export async function withVirtualLab(
  run: (bench: VirtualLab) => Promise<void>,
  { control = () => ({}), before, scenarios = new Map() }: VirtualLabOptions = {},
): Promise<number> {
  const { topology } = await seedSetup();
  const clock = new VirtualClock();
  const events: LiveEvent[] = [];
  const ready = Promise.withResolvers<void>();
  let begun: World | undefined;
  const lab = startLiveLab({
    startWorld: async (onStep) => {
      begun = await startSimulated({ topology, clock, random: createRandom(1), onStep });
      await before?.(begun, clock);
      return { ...begun, control: { ...begun.control, ...control(begun.control, clock) }, close: async () => {} };
    },
    catalogue: { files: scenarios, version: '0', topology: async () => topology },
    clock,
    random: createRandom(1),
    onEvent: (event) => {
      events.push(event);
      if (event.type === 'ready') ready.resolve();
      if (event.type === 'lost') ready.reject(new Error(event.why));
    },
  });
  await clock.runUntil(
    (async () => {
      await ready.promise;
      // It is told before it listens to commands.
      await sleep(clock, BEGUN_MS);
      await run({
        clock,
        lab,
        events,
        do: (command) => lab.do(command),
        notes: () => events.flatMap((event) => (event.type === 'note' ? [event.text] : [])),
        verdicts: () => events.flatMap((event) => (event.type === 'judged' ? [event.verdict.state] : [])),
        broken: async () => (begun === undefined ? [] : brokenIn(begun)),
      });
      await lab.close();
      await begun?.close();
    })(),
  );
  return clock.timers;
}
