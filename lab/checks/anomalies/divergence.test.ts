import { describe, expect, it } from 'vitest';
import { History } from '../../history/history.ts';
import type { OriginState, ReadOperation } from '../../history/records.ts';
import { judgeBy } from '../pass.ts';
import { clockAhead, historyOf as literalHistory, read, write } from '../testing/history.ts';
import { divergence } from './divergence.ts';

const CONTEXT = { regions: ['us-east', 'eu-west'], staleness: 'adjusted' } as const;

function finalRead(region: string, answer: Partial<ReadOperation>): ReadOperation {
  const base = {
    id: 0,
    phase: 'final',
    slot: 'lab-0',
    startMs: 1,
    endMs: 2,
    outcome: 'ok',
    error: undefined,
    kind: 'read',
    key: 'content:7',
    final: true,
  } as const;
  return { ...base, region, version: 3, found: true, source: 'cache', status: 'fresh', ...answer };
}

function historyOf(origin: readonly OriginState[], reads: readonly ReadOperation[]): History {
  const history = new History();
  for (const state of origin) history.add('origin', state);
  for (const read of reads) history.addOperation(read);
  return history;
}

const AT_3: OriginState = { key: 'content:7', slot: 'lab-0', version: 3, deleted: false };
const DELETED_AT_3: OriginState = { ...AT_3, deleted: true };
const EAST = finalRead('us-east', {});
const WEST = finalRead('eu-west', {});
const EQUAL = [EAST, WEST];

describe('divergence', () => {
  it.each([
    ['accuses no edge with a lease whose clock was set back for a last answer labelled stale', 10_000, -3_600_000, 'pass'],
    ['accuses one whose clock goes on', 10_000, 0, 'fail'],
    ['accuses one without a lease', undefined, -3_600_000, 'fail'],
  ])('%s', (_title, leaseMs, setMs, verdict) => {
    const bound = { fetchDeadlineMs: 2_000, joinDeadlineMs: 2_000, ...(leaseMs === undefined ? {} : { leaseMs }) };
    const readings = [...clockAhead(0, { untilMs: 4_000 }), ...clockAhead(setMs, { fromMs: 4_000 })];
    const history = literalHistory({ operations: [], readings, bounds: { 'us-east': bound, 'eu-west': bound } });
    history.add('origin', AT_3);
    for (const answer of [EAST, finalRead('eu-west', { status: 'stale' })]) history.addOperation(answer);
    expect(judgeBy(divergence, history, CONTEXT).verdict).toBe(verdict);
  });

  it.each([
    ['passes when every region equals the origin', [AT_3], EQUAL, 'pass'],
    ['passes when a deletion is a 404 of its version', [DELETED_AT_3], EQUAL.map((read) => ({ ...read, found: false })), 'pass'],
    ['fails on an older version', [AT_3], [EAST, finalRead('eu-west', { version: 2 })], 'fail'],
    ['fails on the current version still labelled stale', [AT_3], [EAST, finalRead('eu-west', { status: 'stale' })], 'fail'],
    ['fails on content that was deleted', [DELETED_AT_3], [EAST, finalRead('eu-west', { found: true })], 'fail'],
    ['fails on a 404 for content that is there', [AT_3], [EAST, finalRead('eu-west', { found: false })], 'fail'],
    ['judges the last final read of a cell', [AT_3], [EAST, finalRead('eu-west', { version: 2 }), WEST], 'pass'],
    ['is unknown when a region was not read', [AT_3], [EAST], 'unknown'],
    ['is unknown when the final read failed', [AT_3], [EAST, finalRead('eu-west', { outcome: 'fail' })], 'unknown'],
    ['is unknown when nothing was written', [], [], 'unknown'],
    ['does not take an earlier read for the final one', [AT_3], [EAST, finalRead('eu-west', { final: false })], 'unknown'],
  ] as const)('%s', (_title, origin, reads, verdict) => {
    expect(
      judgeBy(
        divergence,
        historyOf(
          origin,
          reads.filter((read) => read !== undefined),
        ),
        CONTEXT,
      ).verdict,
    ).toBe(verdict);
  });

  it('shows the origin and the read as its witness, with one sentence', () => {
    const older = finalRead('eu-west', { version: 2 });
    const [anomaly] = judgeBy(divergence, historyOf([AT_3], [finalRead('us-east', {}), older]), CONTEXT).anomalies;
    expect(anomaly).toMatchObject({ anomaly: 'divergence', region: 'eu-west', key: 'content:7', witness: [AT_3, older] });
    expect(anomaly?.explain).toBe('expected version 3 in eu-west, got version 2: the cache gave this answer after settle');
  });
});

describe('a region that is behind at the end', () => {
  const WRITTEN = write(3, 1_000);
  const end = (version: number, more: Partial<ReadOperation> = {}) => read(version, 4_000, { final: true, phase: 'final', ...more });
  const NOW = end(3, { region: 'us-east' });
  const again = (startMs: number) => end(3, { startMs, endMs: startMs + 2, status: 'stale' });
  it.each([
    ['is in doubt when the machine stood still meanwhile', [end(2)], [[1_100, 1_300]], 'unknown'],
    ['is not when it stood still for less than explains it', [end(2)], [[1_100, 1_200]], 'fail'],
    ['is in doubt when it was still labelled stale after a standstill', [again(4_000), again(6_500)], [[4_100, 1_500]], 'unknown'],
    ['is not when that was over before it was asked for', [again(4_000), again(6_500)], [[2_000, 1_500]], 'fail'],
    ['does not have what the origin does not by reason of any standstill', [end(4)], [[1_100, 2_800]], 'fail'],
    ['nor a 404 of the very version', [end(3, { found: false })], [[1_100, 2_800]], 'fail'],
  ] as const)('%s', (_title, ends, stalls, verdict) => {
    const history = literalHistory({ operations: [WRITTEN, NOW, ...ends], held: [AT_3], stalls });
    expect(judgeBy(divergence, history, CONTEXT).verdict).toBe(verdict);
  });
});
