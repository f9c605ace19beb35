/** Faults that a session heals by itself, in virtual time. */
import { describe, expect, it } from 'vitest';
import { sleep } from '../../services/runtime/clock.ts';
import { createRandom } from '../../services/runtime/random.ts';
import { type FaultBench, withFaults } from '../faults/testing/active-faults.ts';
import { Session } from './session.ts';

const CUT = { fault: 'partition', target: 'edge:eu-west<->kafka', parameters: {} };
const FOR_MS = 3_000;
const LONG_MS = 60_000;

function withSession(run: (session: Session, bench: FaultBench) => Promise<void>): Promise<void> {
  return withFaults(async (bench) => {
    const { world, clock } = bench;
    const session = new Session({ world, clock, random: createRandom(1), startedAt: clock.monotonicMs() });
    await run(session, bench);
    expect(await session.healForGood()).toEqual([]);
    await session.close();
  });
}

describe('a fault of a session', () => {
  it('that is for a time is healed at its end, which is known until then', async () => {
    await withSession(async (session, { broken }) => {
      const { inForce, healed } = await session.inject(CUT, { forMs: FOR_MS });
      const [injected] = inForce;
      expect(session.endsMs(injected?.spec.id ?? '')).toBe((injected?.injectedMs ?? 0) + FOR_MS);
      await healed;
      expect(session.t()).toBeGreaterThanOrEqual((injected?.injectedMs ?? 0) + FOR_MS);
      expect(session.endsMs(injected?.spec.id ?? '')).toBeUndefined();
      expect(await broken()).toEqual([]);
    });
  });

  it('that somebody heals earlier is over then, and nothing comes after it', async () => {
    await withSession(async (session, { clock }) => {
      const changes: (string | undefined)[] = [];
      session.onFault((change) => changes.push(change?.event));
      const { healed } = await session.inject(CUT, { forMs: FOR_MS });
      await session.faults.healAll();
      await healed;
      expect(session.t()).toBeLessThan(FOR_MS);
      await sleep(clock, LONG_MS);
      expect(changes).toEqual(['injecting', 'injected', undefined, 'healing', 'healed']);
    });
  });

  it('that is for a time is healed at once when its load is over', async () => {
    await withSession(async (session, { clock, broken }) => {
      const load = new AbortController();
      const { healed } = await session.inject(CUT, { forMs: LONG_MS, signal: load.signal });
      load.abort();
      await healed;
      expect(clock.monotonicMs()).toBeLessThan(LONG_MS);
      expect(await broken()).toEqual([]);
    });
  });

  it('whose time is to come is not due', async () => {
    await withSession(async (session, { broken }) => {
      await session.inject(CUT, { forMs: LONG_MS });
      await session.healDue();
      expect(await broken()).not.toEqual([]);
    });
  });
});
