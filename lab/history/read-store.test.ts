import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ReadStore } from './read-store.ts';
import type { ReadOperation } from './records.ts';

afterEach(() => vi.unstubAllEnvs());

const some = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
const ms = fc.double({ min: 0, max: 1e9, noNaN: true });

/** Anything that a read can be. */
const reads: fc.Arbitrary<readonly ReadOperation[]> = fc
  .array(
    fc.record({
      kind: fc.constant('read'),
      phase: fc.constantFrom('warmup', 'fault', 'final'),
      slot: fc.string({ unit: 'grapheme' }),
      key: fc.constantFrom('content:1', 'content:2', '', '\ud83d\ude00 \u0000'),
      region: fc.constantFrom('us-east', 'eu-west'),
      final: fc.boolean(),
      startMs: fc.oneof(ms, fc.nat(20)),
      endMs: some(ms),
      dueMs: some(ms),
      outcome: some(fc.constantFrom('ok', 'fail', 'unknown')),
      error: some(fc.string()),
      version: some(fc.nat(Number.MAX_SAFE_INTEGER)),
      found: some(fc.boolean()),
      source: some(fc.constantFrom('cache', 'origin')),
      status: some(fc.constantFrom('fresh', 'stale')),
      cachedMs: some(fc.double({ min: -1e15, max: 1e15, noNaN: true })),
      bypassed: some(fc.constant(true)),
      writer: some(fc.option(fc.nat())),
    }),
  )
  .map((all) => all.map((read, id): ReadOperation => ({ ...read, id })));

function byStart(one: ReadOperation, other: ReadOperation): number {
  return one.startMs - other.startMs || one.id - other.id;
}

function filled(inMemoryMax: number, all: readonly ReadOperation[]): ReadStore {
  const store = new ReadStore(inMemoryMax);
  for (const read of all) store.add(read);
  return store;
}

describe('the reads of a history', () => {
  it('come back as they were, in the order in which they began, with others where they belong', () => {
    fc.assert(
      fc.property(reads, fc.integer({ min: 1, max: 9 }), fc.nat(5), (all, inMemoryMax, open) => {
        const store = filled(inMemoryMax, all.slice(open));
        const expected = all.toSorted(byStart);
        for (const _ of ['once', 'twice']) expect([...store.inOrder(all.slice(0, open))]).toEqual(expected);
        expect(store.count).toBe(Math.max(0, all.length - open));
      }),
      { numRuns: 500 },
    );
  });

  it('can be added to between two times', () => {
    const store = new ReadStore(2);
    const seen: number[][] = [];
    for (const startMs of [5, 3, 9, 1, 7]) {
      store.add({ id: startMs, kind: 'read', phase: 'fault', slot: '', key: 'k', region: 'eu-west', final: false, startMs });
      seen.push([...store.inOrder()].map(({ id }) => id));
    }
    expect(seen).toEqual([[5], [3, 5], [3, 5, 9], [1, 3, 5, 9], [1, 3, 5, 7, 9]]);
  });

  it('can be gone through by two at a time', () => {
    const store = filled(3, readsAt(20));
    const [one, other] = [store.inOrder()[Symbol.iterator](), store.inOrder()[Symbol.iterator]()];
    for (let id = 0; id < 20; id += 1) expect([one.next().value?.id, other.next().value?.id]).toEqual([id, id]);
  });

  it('leave no file behind that anybody could find', async () => {
    const store = filled(3, readsAt(100));
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('edgesync-lab-reads-'))).toEqual([]);
    expect([...store.inOrder()]).toHaveLength(100);
  });

  it('stay in memory where there is no place for a file', () => {
    vi.stubEnv('TMPDIR', '/nowhere');
    expect([...filled(3, readsAt(100)).inOrder()].map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, id) => id));
  });
});

function readsAt(count: number): readonly ReadOperation[] {
  const base = { kind: 'read', phase: 'fault', slot: '', key: 'k', region: 'eu-west', final: false } as const;
  return Array.from({ length: count }, (_, id) => ({ ...base, id, startMs: id }));
}
