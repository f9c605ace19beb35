/**
 * Writes down what goes on in a session, on the clock of whoever reads it: faults, settings, and when the machine held
 * up the lab. A history has it for the checks; the live verdict has it for as long as it can excuse anything.
 */
import type { FaultChange } from '../faults/active-faults.ts';
import { FaultRecorder, type FaultSink } from '../faults/fault-recorder.ts';
import type { RecordSink } from '../history/record-kinds.ts';
import { worldKind } from '../worlds/worlds.ts';
import { type MachineWatch, watchMachine } from './machine-watch.ts';
import type { Session } from './session.ts';
import { recordSettings } from './settings-recorder.ts';

export interface RecordingOptions {
  readonly session: Session;
  readonly sink: FaultSink & RecordSink<'delay' | 'strategy' | 'stall' | 'pressure'>;
  /** Monotonic time that the times written down count from. */
  readonly startedAt: number;
  /** How often it is looked whether the machine held up the lab; left out: as often as a run needs it. */
  readonly stallPeriodMs?: number;
  /** Hears of each change of a fault when it is written down, with times on the same clock. */
  readonly onFault?: (change: FaultChange) => void;
}

export class Recording {
  readonly #machine: MachineWatch | undefined;
  readonly #ends: readonly (() => void)[];

  constructor({ session, sink, startedAt, stallPeriodMs, onFault }: RecordingOptions) {
    const { world, clock } = session;
    const t = () => clock.monotonicMs() - startedAt;
    const endSettings = recordSettings({ settings: world.settings, regions: world.regions, t, sink });
    const period = stallPeriodMs === undefined ? {} : { periodMs: stallPeriodMs };
    // In virtual time nothing stands still.
    this.#machine = worldKind(world.backend).time === 'virtual' ? undefined : watchMachine({ world, clock, sink, t, ...period });
    const recorder = new FaultRecorder({ sink });
    const aheadMs = session.startedAt - startedAt;
    const endFaults = session.onFault((change) => {
      if (change === undefined) return;
      const own = { ...change, injectedMs: change.injectedMs + aheadMs, atMs: change.atMs + aheadMs };
      recorder.changed(own);
      onFault?.(own);
    });
    this.#ends = [endFaults, endSettings];
  }

  /** Writes down what is not over yet. */
  flush(): void {
    this.#machine?.flush();
  }

  close(): void {
    this.#machine?.close();
    for (const end of this.#ends) end();
  }
}
