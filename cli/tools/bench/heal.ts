/** How soon every region serves the latest version again after a fault is healed, with writes going on until then. */

import { ActiveFaults } from '../../../lab/faults/active-faults.ts';
import { startTestWorld, type TestWorld } from '../../../lab/worlds/testing/embedded-kit.ts';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import type { Figure } from './figure.ts';

const KEYS = 20;
const WRITE_EVERY_MS = 250;
const CUT_MS = 10_000;
const OUTAGE_MS = 4_000;
const DEADLINE_MS = 180_000;

export interface HealCase {
  readonly fault: string;
  readonly target: string;
  readonly forMs: number;
  readonly promised: string;
}

const CASES: readonly HealCase[] = [
  { fault: 'partition', target: 'edge:eu-west<->kafka', forMs: CUT_MS, promised: '2 s' },
  { fault: 'kill', target: 'edge:ap-south', forMs: OUTAGE_MS, promised: '(none)' },
  { fault: 'kill', target: 'origin', forMs: OUTAGE_MS, promised: '(none)' },
  { fault: 'pause', target: 'redis:eu-west', forMs: OUTAGE_MS, promised: '(none)' },
  { fault: 'kill', target: 'redis:eu-west', forMs: OUTAGE_MS, promised: '(none)' },
  { fault: 'kill', target: 'kafka', forMs: OUTAGE_MS, promised: '(none)' },
];

async function isConverged({ clients, world }: TestWorld, ids: readonly number[]): Promise<boolean> {
  const agreed = await Promise.all(
    ids.map(async (id) => {
      const { version } = await clients.originVersion(id);
      const reads = await Promise.all(
        world.regions.map(({ region }) =>
          clients
            .edge(region)
            .read(id)
            .catch(() => undefined),
        ),
      );
      return reads.every((read) => read?.version === version && read.status === 'fresh');
    }),
  );
  return agreed.every((agrees) => agrees);
}

export async function measureHeal(
  test: TestWorld,
  faults: ActiveFaults,
  ids: readonly number[],
  { fault, target, forMs, promised }: HealCase,
): Promise<Figure> {
  await faults.inject({ fault, target, parameters: {} });
  const injectedMs = performance.now();
  let writes = 0;
  while (performance.now() - injectedMs < forMs) {
    // What an origin that is away refuses is no write.
    await Promise.all(
      ids.map((id) =>
        test.clients.update(id, { body: 'during' }).then(
          () => (writes += 1),
          () => {},
        ),
      ),
    );
    await sleep(systemClock, WRITE_EVERY_MS);
  }
  const healedMs = performance.now();
  await faults.healAll();
  while (!(await isConverged(test, ids))) {
    if (performance.now() - healedMs > DEADLINE_MS) throw new Error(`${fault} ${target}: not converged ${DEADLINE_MS} ms after the heal`);
  }
  const elapsedS = (performance.now() - healedMs) / 1000;
  return {
    what: `${fault} ${target} for ${forMs / 1000} s, ${writes} writes: converged after the heal`,
    measured: `${elapsedS.toFixed(2)} s`,
    promised,
  };
}

export async function heal(): Promise<readonly Figure[]> {
  const test = await startTestWorld();
  try {
    const t = () => systemClock.monotonicMs();
    const faults = new ActiveFaults({ ...test, clock: systemClock, random: createRandom(1), t, onChange: () => {} });
    const drafts = Array.from({ length: KEYS }, (_, at) => ({ slug: `heal-${at}`, title: 't', body: 'b', tags: [] }));
    const ids = await Promise.all(drafts.map(async (draft) => (await test.clients.create(draft)).id));
    const figures: Figure[] = [];
    for (const one of CASES) figures.push(await measureHeal(test, faults, ids, one));
    return figures;
  } finally {
    await test.close();
  }
}
