import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { childrenOf } from '../testing/children.ts';
import { type CampaignsOptions, runCampaigns } from './campaign.ts';
import { isFailing, type SeedOutcome } from './outcome.ts';
import { seedSetup } from './testing/kit.ts';

interface Ran extends Partial<CampaignsOptions> {
  readonly mutant?: string;
  readonly onOutcome?: (outcome: SeedOutcome) => void;
}

async function outcomesOf({ mutant, onOutcome = () => {}, ...others }: Ran): Promise<readonly SeedOutcome[]> {
  const outcomes: SeedOutcome[] = [];
  const setup = await seedSetup(mutant === undefined ? {} : { mutant });
  const note = (outcome: SeedOutcome) => {
    outcomes.push(outcome);
    onOutcome(outcome);
  };
  await runCampaigns({
    campaigns: [{ setup, onOutcome: note }],
    seeds: { from: 1, to: 5 },
    jobs: 1,
    stopAtFailure: true,
    signal: new AbortController().signal,
    ...others,
  });
  return outcomes.sort((one, other) => one.seed - other.seed);
}

const seedsOf = (outcomes: readonly SeedOutcome[]) => outcomes.map(({ seed }) => seed);

async function killAWorker(): Promise<void> {
  const commandOf = (pid: number) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  for (const pid of await childrenOf(process.pid))
    if ((await commandOf(pid)).includes('sim/worker.ts')) return void process.kill(pid, 'SIGKILL');
}

/** Loaded before the worker: something left over rejects during the seed that follows `seed`. */
function rejectAfter(seed: number): string {
  const code = `const send = process.send.bind(process);
    process.send = (message, ...rest) => {
      if (message.type === 'outcome' && message.outcome.seed === ${seed}) queueMicrotask(() => Promise.reject(new Error('left over')));
      return send(message, ...rest);
    };`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

/** Processes have to start, on a machine that may be busy. */
const MS_MAX = 120_000;

describe('a campaign', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it(
    'runs every seed once, on one process and on two, with the same outcomes',
    async () => {
      const [alone, shared] = [await outcomesOf({}), await outcomesOf({ jobs: 2 })];
      expect(seedsOf(alone)).toEqual([1, 2, 3, 4, 5]);
      expect(shared).toEqual(alone);
    },
    MS_MAX,
  );

  it(
    'runs the same seeds under each of several setups, on the same processes',
    async () => {
      const [real, broken] = [
        await outcomesOf({ stopAtFailure: false }),
        await outcomesOf({ mutant: 'soft-purges', stopAtFailure: false }),
      ];
      const found: SeedOutcome[][] = [[], []];
      const setups = [await seedSetup(), await seedSetup({ mutant: 'soft-purges' })];
      const campaigns = setups.map((setup, at) => ({ setup, onOutcome: (outcome: SeedOutcome) => found[at]?.push(outcome) }));
      await outcomesOf({ campaigns, jobs: 2, stopAtFailure: false });
      expect(found.map((outcomes) => outcomes.sort((one, other) => one.seed - other.seed))).toEqual([real, broken]);
      expect(broken).not.toEqual(real);
    },
    MS_MAX,
  );

  it.each([1, 2])(
    'begins nothing above the first seed that fails, on %s processes',
    async (jobs) => {
      const outcomes = await outcomesOf({ jobs, mutant: 'offset-one-too-far', seeds: { from: 1, to: 40 } });
      const first = outcomes.find(isFailing)?.seed ?? 0;
      expect(first).toBeGreaterThan(1);
      // The others of its lot may be under way.
      expect(seedsOf(outcomes).slice(0, first)).toEqual(Array.from({ length: first }, (_, at) => at + 1));
      expect(outcomes.length).toBeLessThan(40);
    },
    MS_MAX,
  );

  it(
    'tells a seed that ends its process as crashed, with its last words, and runs the others in another process',
    async () => {
      const sound = await outcomesOf({});
      vi.stubEnv('NODE_OPTIONS', rejectAfter(2));
      const outcomes = await outcomesOf({ stopAtFailure: false });
      expect(seedsOf(outcomes)).toEqual([1, 2, 3, 4, 5]);
      const [third, others] = [outcomes[2], outcomes.filter(({ seed }) => seed !== 3)];
      expect(third).toMatchObject({ status: 'failed', verdict: 'unknown', exitCode: 107, crashed: true, checks: [] });
      expect(third?.error).toMatch(/^a process that simulates ended \(exit 1\): Error: left over/);
      expect(others).toEqual(sound.filter(({ seed }) => seed !== 3));
    },
    MS_MAX,
  );

  it(
    'goes on when one of its processes is killed',
    async () => {
      const KILLED = 'a process that simulates ended (SIGKILL)';
      let killed: Promise<void> | undefined;
      const onOutcome = () => {
        killed ??= killAWorker();
      };
      const outcomes = await outcomesOf({ seeds: { from: 1, to: 12 }, jobs: 2, stopAtFailure: false, onOutcome });
      await killed;
      expect(seedsOf(outcomes)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
      // One that was still starting had begun none.
      for (const { crashed, error } of outcomes.filter(isFailing)) expect([crashed, error]).toEqual([true, KILLED]);
      expect(outcomes.filter(isFailing).length).toBeLessThanOrEqual(1);
    },
    MS_MAX,
  );

  it(
    'is the lab’s failure when no process can be started',
    async () => {
      vi.stubEnv('NODE_OPTIONS', '--import=data:text/javascript,process.exit(9)');
      await expect(outcomesOf({})).rejects.toThrow('a process that simulates ended (exit 9), before it ran anything, 4 times in a row');
    },
    MS_MAX,
  );

  it('does not take an origin that still recovers from its last fault for a lab that failed', async () => {
    // In seed 5750 the database did not answer yet when the final versions were asked for.
    const [outcome] = await outcomesOf({ seeds: { from: 5750, to: 5750 } });
    expect(outcome && isFailing(outcome)).toBe(false);
  });

  it('ends with the seeds under way when it is stopped', async () => {
    const stop = new AbortController();
    const outcomes = await outcomesOf({ seeds: { from: 1, to: 1_000 }, signal: stop.signal, onOutcome: () => stop.abort() });
    // A process may have ended the few after it before it hears.
    expect(outcomes.length).toBeLessThan(40);
  });
});
