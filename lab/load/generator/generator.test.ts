/** The load generator as a run has it: a real process, real connections, real time. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock as clock, sleep } from '../../../services/runtime/clock.ts';
import { createRandom } from '../../../services/runtime/random.ts';
import { createReleasers } from '../../../services/runtime/releasers.ts';
import { generatorLate } from '../../checks/load-held.ts';
import { History } from '../../history/history.ts';
import type { Workload } from '../../scenarios/scenario.ts';
import { childrenOf } from '../../testing/children.ts';
import { drawReads, readsOf } from '../plan.ts';
import type { SlotId } from '../slot-writes.ts';
import { type MemoryEdge, startMemoryEdge } from '../testing/memory-edge.ts';
import { LoadGenerator } from './generator.ts';
import type { GeneratedRead } from './messages.ts';

const REGIONS = ['us-east', 'eu-west'] as const;
const SEED = 7;
const KEYS = 10;
const WORKLOAD: Workload = { duration: 1_000, reads: 200, writes: 1, keys: KEYS, skew: 0.9, creates: 0, deletes: 0, purges: 0 };
/** Ids that are not their slots. */
const IDS: readonly SlotId[] = Array.from({ length: KEYS }, (_, slot) => [slot, 100 + slot] as const);
/** A process has to start, on a machine that may be busy. */
const MS_MAX = 60_000;

const releasers = createReleasers();
afterEach(() => releasers.release());

interface Generating {
  readonly generator: LoadGenerator;
  readonly reads: GeneratedRead[];
  readonly history: History;
  readonly startedAt: number;
}

interface GenerateOptions {
  readonly url: string;
  readonly workload?: Partial<Workload>;
  readonly ids?: readonly SlotId[];
  readonly onRead?: (read: GeneratedRead) => void;
}

async function generate({ url, workload, ids = IDS, onRead = () => {} }: GenerateOptions): Promise<Generating> {
  const [reads, history]: [GeneratedRead[], History] = [[], new History()];
  const startedAt = clock.monotonicMs();
  const edges = REGIONS.map((region) => ({ region, url }));
  const order = { workload: { ...WORKLOAD, ...workload }, regions: REGIONS, seed: SEED, edges, ids, startedAt };
  const generator = await LoadGenerator.start(order, {
    onRead: (read) => {
      reads.push(read);
      onRead(read);
    },
    sink: history,
  });
  releasers.push(() => generator.close());
  return { generator, reads, history, startedAt };
}

async function startEdge(onRead?: (id: number) => Promise<void> | undefined): Promise<MemoryEdge> {
  const edge = await startMemoryEdge(onRead === undefined ? {} : { onRead });
  releasers.push(() => edge.close());
  return edge;
}

/** Of the one that this process has started. */
async function pidOf(parent: number | undefined): Promise<number> {
  for (const pid of await childrenOf(parent))
    if ((await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('generator/worker.ts')) return pid;
  throw new Error('expected a process of the load generator, got none');
}

const byDue = (reads: readonly GeneratedRead[]) => [...reads].sort((one, other) => one.dueMs - other.dueMs);
const ascending = (times: readonly number[]) => [...times].sort((one, other) => one - other);
const never = new AbortController().signal;

describe('a load generator', { timeout: MS_MAX }, () => {
  it('sends the reads of the plan, each of what its slot holds, and tells how each ended', async () => {
    const arrivedAt: number[] = [];
    const { url } = await startEdge(() => void arrivedAt.push(clock.monotonicMs()));
    const { generator, reads, startedAt } = await generate({ url });
    const fromMs = clock.monotonicMs() - startedAt;
    await generator.run(never);
    const toMs = clock.monotonicMs() - startedAt;
    const planned = [...drawReads({ workload: WORKLOAD, regions: REGIONS, random: createRandom(SEED) })];
    const begunMs = byDue(reads)[0]?.dueMs ?? Number.NaN;
    expect(byDue(reads).map(({ region, id, dueMs }) => ({ region, id, atMs: Math.round(dueMs - begunMs) }))).toEqual(
      planned.map((read) => ({ region: read.region, id: read.kind === 'read' ? 100 + read.slot : -1, atMs: read.atMs })),
    );
    const answer = { found: true, version: 1, source: 'cache', status: 'fresh', cachedAt: Date.parse('2026-01-01T00:00:00Z') };
    for (const { id, dueMs, startMs, result } of reads) {
      expect(result).toEqual({ ...answer, writer: id - 1 });
      expect([fromMs <= dueMs, dueMs <= startMs]).toEqual([true, true]);
    }
    // The clock of another process, told on that of the run: when the first, the second … were sent, had arrived and
    // had ended.
    const [started, ended] = [ascending(reads.map(({ startMs }) => startMs)), ascending(reads.map(({ endMs }) => endMs))];
    for (const [at, arrived] of arrivedAt.map((ms) => ms - startedAt).entries()) {
      expect(arrived).toBeGreaterThanOrEqual(started[at] ?? Number.NaN);
      expect(arrived).toBeLessThanOrEqual(ended[at] ?? Number.NaN);
    }
    expect(ended.at(-1)).toBeLessThanOrEqual(toMs);
  });

  it('waits for no answer, and counts each from when it was due', async () => {
    const all = Promise.withResolvers<void>();
    let arrived = 0;
    const { url } = await startEdge(() => {
      arrived += 1;
      if (arrived === 60) all.resolve();
      return all.promise;
    });
    const { generator, reads } = await generate({ url });
    await generator.run(never);
    const ordered = byDue(reads);
    expect(ordered.filter(({ result }) => typeof result === 'string')).toEqual([]);
    const heldUntil = ordered[59]?.dueMs ?? Number.NaN;
    expect(heldUntil - (ordered[0]?.dueMs ?? Number.NaN)).toBeCloseTo(59 * 5, 3);
    for (const { endMs } of ordered) expect(endMs).toBeGreaterThanOrEqual(heldUntil);
  });

  it('says when it was itself the limit, and when it stood still', async () => {
    const { url } = await startEdge();
    const begun = Promise.withResolvers<void>();
    const { generator, reads, history } = await generate({ url, workload: { duration: 2_000 }, onRead: () => begun.resolve() });
    const pid = await pidOf(process.pid);
    const done = generator.run(never);
    await begun.promise;
    process.kill(pid, 'SIGSTOP');
    await sleep(clock, 700);
    process.kill(pid, 'SIGCONT');
    await done;
    expect(reads).toHaveLength(400);
    const late = reads.filter(({ startMs, dueMs }) => startMs - dueMs > 10).length;
    expect(generatorLate({ reads: readsOf(WORKLOAD) * 2 }, { reads: reads.length, late })).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringContaining(`the load generator itself was the limit: it sent ${late} of 400 reads`),
    });
    const stalls = history.of('stall');
    expect(Math.max(...stalls.map(({ lateMs }) => lateMs))).toBeGreaterThan(500);
    expect(new Set(stalls.map(({ of }) => of))).toEqual(new Set(['generator']));
  });

  it('reads what is created meanwhile, and ahead of it', async () => {
    const { url } = await startEdge();
    const created = Promise.withResolvers<void>();
    const { generator, reads } = await generate({
      url,
      workload: { keys: 1, ahead: 0.3, duration: 20_000 },
      ids: [],
      onRead: ({ id }) => void (id === 501 && created.resolve()),
    });
    const ended = new AbortController();
    const done = generator.run(ended.signal);
    generator.created([0, 500]);
    await created.promise;
    ended.abort();
    await done;
    expect(reads.filter(({ isAhead }) => isAhead).map(({ id }) => id)).toEqual(expect.arrayContaining([501]));
    expect(new Set(reads.filter(({ isAhead }) => !isAhead).map(({ id }) => id))).toEqual(new Set([500]));
  });

  it('sends nothing more after an abort, and tells of what was under way', async () => {
    const go = Promise.withResolvers<void>();
    const first = Promise.withResolvers<void>();
    let arrived = 0;
    const { url } = await startEdge(() => {
      arrived += 1;
      first.resolve();
      return go.promise;
    });
    const { generator, reads } = await generate({ url, workload: { duration: 3_600_000 } });
    const ended = new AbortController();
    const done = generator.run(ended.signal);
    await first.promise;
    ended.abort();
    go.resolve();
    await done;
    expect(reads).toHaveLength(arrived);
  });

  it('that ends by itself is told of', async () => {
    const { url } = await startEdge();
    const { generator } = await generate({ url, workload: { duration: 3_600_000 } });
    const done = generator.run(never);
    process.kill(await pidOf(process.pid), 'SIGKILL');
    await expect(done).rejects.toThrow('the load generator ended (SIGKILL)');
  });

  it('ends when its lab is gone', async () => {
    const { url } = await startEdge();
    const file = JSON.stringify(fileURLToPath(new URL('./generator.ts', import.meta.url)));
    const order = {
      workload: { ...WORKLOAD, duration: 3_600_000 },
      regions: ['us-east'],
      seed: 1,
      edges: [{ region: 'us-east', url }],
      ids: IDS,
    };
    const program = `
      const { LoadGenerator } = await import(${file});
      const order = { ...${JSON.stringify(order)}, startedAt: performance.now() };
      const onRead = () => process.stdout.write('read\\n');
      const generator = await LoadGenerator.start(order, { onRead, sink: { add: () => {} } });
      await generator.run(new AbortController().signal);`;
    const lab = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    releasers.push(async () => void lab.kill('SIGKILL'));
    await new Promise((resolve) => lab.stdout.once('data', resolve));
    const pid = await pidOf(lab.pid);
    lab.kill('SIGKILL');
    while (isAlive(pid)) await sleep(clock, 20);
  });
});

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
