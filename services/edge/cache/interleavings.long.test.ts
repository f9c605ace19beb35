/**
 * Every interleaving of small cases on one key, walked whole: `interleavings/walk.ts` says how,
 * `interleavings/region.ts` what must hold after each step.
 *
 * Two histories: v1 exists, PUT v2, PUT v3, DELETE v4; and nothing exists, POST v1, PUT v2, PUT v3. The tags change:
 * odd versions have tag a, even ones tag b; tag a is purged. An eager region applies writes hard, a lazy one soft; a
 * delete is hard in both. Each record is delivered twice at its offset; in `repeated` logs the relay has also published
 * it twice. The writes share a partition and the purge has another; in `spread` logs each write has its own, so that
 * their events are applied in any order.
 *
 * WIDE and WARMED are walked for both histories in both kinds of region. FULL, two fills with a purge and a restart,
 * takes 6 s a walk: here one history each; `CACHE_WALK=all` walks all four (done once; clean).
 */
import { afterAll, describe, expect, it } from 'vitest';
import type { InvalidationMode } from '../../protocol/invalidation.ts';
import { CacheStore } from './store.ts';
import { purged, written } from './testing/subject.ts';
import { type LogRecord, type WalkCase, type Witness, type Write, walk } from './testing/walk.ts';
import { UnfencedStore } from './unfenced.ts';

const MARK_RETENTION_MS = 1_000_000;

function content(title: string, version: number): Write {
  return { title: `${title} v${version}`, version, tags: [version % 2 === 1 ? 'a' : 'b'] };
}

interface Origin {
  readonly before: Write;
  readonly writes: readonly Write[];
}

const ORIGINS = {
  'PUT, PUT, DELETE': {
    before: content('POST', 1),
    writes: [content('PUT', 2), content('PUT', 3), { title: 'DELETE v4', version: 4, tags: null }],
  },
  'POST, PUT, PUT': {
    before: { title: 'nothing', version: 0, tags: null },
    writes: [content('POST', 1), content('PUT', 2), content('PUT', 3)],
  },
} satisfies Record<string, Origin>;

type Layout = 'in order' | 'repeated' | 'spread';

interface Shape {
  readonly layout: Layout;
  readonly fills: number;
  readonly isWarmed?: boolean;
  readonly restarts: number;
  readonly purge: InvalidationMode | undefined;
}

const FULL: Shape = { layout: 'in order', fills: 2, restarts: 1, purge: 'hard' };

const PURGED: Shape = { layout: 'in order', fills: 2, restarts: 0, purge: 'hard' };
const RESTARTED: Shape = { layout: 'in order', fills: 2, restarts: 1, purge: undefined };

const WIDE: readonly Shape[] = [
  PURGED,
  RESTARTED,
  { layout: 'in order', fills: 2, restarts: 0, purge: 'soft' },
  { layout: 'in order', fills: 1, restarts: 1, purge: 'hard' },
  { layout: 'repeated', fills: 1, restarts: 0, purge: 'hard' },
  { layout: 'repeated', fills: 2, restarts: 0, purge: undefined },
  { layout: 'repeated', fills: 1, restarts: 1, purge: undefined },
  { layout: 'spread', fills: 2, restarts: 0, purge: 'hard' },
  { layout: 'spread', fills: 1, restarts: 1, purge: undefined },
];

/** With a warmer beside a reader: what is deleted, purged or lost while it fetches. */
const WARMED: readonly Shape[] = [
  { layout: 'in order', fills: 1, isWarmed: true, restarts: 0, purge: 'hard' },
  { layout: 'in order', fills: 1, isWarmed: true, restarts: 1, purge: undefined },
  { layout: 'spread', fills: 1, isWarmed: true, restarts: 0, purge: undefined },
];

/** The longest walk takes 10 s of a core that has nothing else to do. */
const WALK_DEADLINE_MS = 200_000;

const REGIONS = { eager: 'hard', lazy: 'soft' } as const;
type RegionKind = keyof typeof REGIONS;
const KINDS: readonly RegionKind[] = ['eager', 'lazy'];

function partitionsOf({ writes }: Origin, { layout, purge }: Shape, mode: InvalidationMode): LogRecord[][] {
  const copies = layout === 'repeated' ? 2 : 1;
  const recordsOf = (by: number | 'purge', mark: LogRecord['mark']) => Array.from({ length: copies }, () => ({ mark, by }));
  const ofWrites = writes.map(({ version, tags }, at) => recordsOf(at, written(version, tags === null ? 'hard' : mode)));
  const ofPurge = purge === undefined ? [] : [recordsOf('purge', purged('tag', 'a', purge))];
  return [...(layout === 'spread' ? ofWrites : [ofWrites.flat()]), ...ofPurge];
}

interface Titled {
  readonly title: string;
  readonly walked: WalkCase;
}

function caseOf(kind: RegionKind, history: keyof typeof ORIGINS, shape: Shape): Titled {
  const { layout, fills, isWarmed = false, restarts, purge } = shape;
  const origin = ORIGINS[history];
  return {
    title: `${kind}, ${history}, ${layout}: ${fills} fill(s)${isWarmed ? ' and a warmer' : ''}, ${purge ?? 'no'} purge, ${restarts} restart(s)`,
    walked: { ...origin, partitions: partitionsOf(origin, shape, REGIONS[kind]), fills, isWarmed, restarts },
  };
}

const HISTORIES: readonly (keyof typeof ORIGINS)[] = ['PUT, PUT, DELETE', 'POST, PUT, PUT'];

function everywhere(shape: Shape): Titled[] {
  return HISTORIES.flatMap((history) => KINDS.map((kind) => caseOf(kind, history, shape)));
}

const FULL_CASES = [caseOf('eager', 'PUT, PUT, DELETE', FULL), caseOf('lazy', 'POST, PUT, PUT', FULL)];

const CASES = [
  ...WIDE.flatMap(everywhere),
  ...WARMED.flatMap(everywhere),
  ...(process.env['CACHE_WALK'] === 'all' ? everywhere(FULL) : FULL_CASES),
];

describe('nothing invalidated comes back, in any interleaving', () => {
  let walkedInAll = 0;

  afterAll(() => {
    process.stdout.write(`${walkedInAll} interleavings of ${CASES.length} cases walked\n`);
  });

  it.each(CASES)('$title', { timeout: WALK_DEADLINE_MS }, ({ title, walked }) => {
    const { interleavings, histories, shortest } = walk(walked, (life) => new CacheStore({ life, markRetentionMs: MARK_RETENTION_MS }));
    walkedInAll += interleavings;
    process.stdout.write(`${title}: ${interleavings} interleavings, ${histories} cache histories\n`);
    expect(shortest).toBeUndefined();
  });
});

describe('the same walk finds resurrected entries without the fences', () => {
  it.each([PURGED, RESTARTED, ...WARMED].flatMap(everywhere))('$title', { timeout: WALK_DEADLINE_MS }, ({ title, walked }) => {
    const { violations, shortest } = walk(walked, (life) => new UnfencedStore({ life, markRetentionMs: MARK_RETENTION_MS }));
    process.stdout.write(`without fences: ${title}: ${violations} bad ends, the shortest:\n${witnessOf(shortest)}`);
    expect(violations).toBeGreaterThan(0);
    expect(shortest?.violation).toMatch(/^(hard|soft|404|purge|life): /);
  });
});

function witnessOf(shortest: Witness | undefined): string {
  if (shortest === undefined) return '';
  return [...shortest.steps, `=> ${shortest.violation}`].map((line, at) => `  ${at + 1} ${line}\n`).join('');
}
