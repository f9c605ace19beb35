/** Wrong programs that no seed shows, for what they break takes several rare things at once. A test of their own file does. */
import type { SlippingPatch } from './patch.ts';

const STORE = 'services/edge/cache/store.ts';
const READER = 'services/edge/reader.ts';
const FLIGHTS = 'services/edge/flights.ts';
const JOIN = 'current.stamp.life === life && current.stamp.clock >= fence';
const INVALIDATOR = 'services/edge/invalidator.ts';
const RELAY = 'services/origin/relay.ts';

export const SLIPPING_PATCHES: readonly SlippingPatch[] = [
  {
    name: 'life-not-compared',
    about: 'A fill is stored in a cache that began a new life since the fetch began.',
    edits: [{ file: STORE, old: "if (life !== this.life) return 'other-life';", new: '' }],
    seenBy: 'services/edge/cache/memory.test.ts',
    why: 'A cache that begins anew is told the whole log again, within a moment: only a log that was cut short as well shows it.',
  },
  {
    name: 'join-other-life',
    about: 'A reader joins a fetch that began in another life of the cache.',
    edits: [{ file: FLIGHTS, old: JOIN, new: 'current.stamp.clock >= fence' }],
    seenBy: 'services/edge/reader.test.ts',
    why: 'The same, and a reader must come while the fetch of the life before is under way.',
  },
  {
    name: 'remember-keeps-flights',
    about: 'A reader joins a fetch that began before a newer version was answered past the cache.',
    edits: [{ file: READER, old: 'this.#misses.close(key);', new: '' }],
    seenBy: 'services/edge/reader-away.test.ts',
    why: 'A cache must go away and come back while one fetch is under way.',
  },
  {
    name: 'read-through-fills',
    about: 'What was read past the cache is stored with the clock of a lookup made afterwards.',
    edits: [
      {
        file: READER,
        old: '      this.#remember(key, fetched.entry.version);\n',
        new: '      this.#remember(key, fetched.entry.version);\n      const later = joined ? undefined : await this.#lookup(key);\n      if (later !== undefined) await this.#fill(key, fetched.entry, later);\n',
      },
    ],
    seenBy: 'services/edge/reader-away.test.ts',
    why: 'A cache must be away and come back, and a purge be applied, while one fetch is under way.',
  },
  {
    name: 'catching-up-asked-late',
    about: 'Whether the edge is catching up is asked after the lookup only.',
    edits: [{ file: READER, old: 'spell !== undefined && spell === upToDate()', new: 'upToDate() !== undefined' }],
    seenBy: 'services/edge/reader-races.test.ts',
    why: 'The last event of catching up must be applied between a lookup and its answer.',
  },
  {
    name: 'dropped-below-start',
    about: 'What the log dropped before anything was applied counts as nothing.',
    edits: [
      {
        file: 'services/edge/places.ts',
        old: 'stored.has(partition) ? [] : allBefore(partition, start)',
        new: 'stored.has(partition) || start > 0 ? [] : allBefore(partition, start)',
      },
    ],
    seenBy: 'services/edge/invalidator-dropped.test.ts',
    why: 'A cache that has applied nothing must meet a log that was cut short, with entries in it.',
  },
  {
    name: 'end-without-epoch',
    about: 'A cache without positions reads on from the last record, and what it passes over makes nothing invalid.',
    edits: [
      {
        file: 'services/edge/places.ts',
        old: "mark: { type: 'all', target: TARGET_ALL, mode: 'hard' }, position",
        new: "mark: { type: 'tag', target: TARGET_ALL, mode: 'hard' }, position",
      },
    ],
    seenBy: 'services/edge/invalidator.test.ts',
    why: 'A new life has made everything invalid a moment before: only what was fetched between the two, and passed over, is wrong.',
  },
  {
    name: 'new-life-ignored',
    about: 'An edge does not look where to read on when its cache began a new life.',
    edits: [{ file: INVALIDATOR, old: "options.cache.onNewLife(() => this.#takeUp('the cache began a new life'));", new: '' }],
    seenBy: 'services/edge/invalidator.test.ts',
    why: 'The next event of the partition is a gap, which makes the edge look all the same.',
  },
  {
    name: 'lease-clock-after-claim',
    about: 'A heartbeat names the time after its claim: what was committed meanwhile is not in the log.',
    edits: [
      {
        file: RELAY,
        old: '    const askedAt = clock.now();\n    const claim = await outbox.claim(CLAIM_MAX);',
        new: '    const claim = await outbox.claim(CLAIM_MAX);\n    const askedAt = clock.now();',
      },
    ],
    seenBy: 'services/origin/relay-heartbeats.test.ts',
    why: 'A write must be committed in the moment of a claim, and its region be cut off right behind the heartbeat.',
  },
  {
    name: 'lease-claim-cut-short',
    about: 'A heartbeat follows a claim that was cut short by its limit.',
    edits: [{ file: RELAY, old: 'if (claimed < CLAIM_MAX && this.#nextBeatMs', new: 'if (this.#nextBeatMs' }],
    seenBy: 'services/origin/relay-heartbeats.test.ts',
    why: 'No load of a seed writes as much as a claim takes at once.',
  },
  {
    name: 'lease-origin-always-fresh',
    about: 'What the origin says is called fresh, however long ago it was asked.',
    edits: [
      { file: 'services/edge/labels.ts', old: "status: term?.isOut ? 'stale' : 'fresh', forwarded", new: "status: 'fresh', forwarded" },
    ],
    seenBy: 'services/edge/reader-lease.test.ts',
    why: 'An edge must stand still for longer than its lease with a fetch under way whose answer has arrived.',
  },
  {
    name: 'lease-log-not-checked',
    about: 'A heartbeat counts whatever a check of the log finds.',
    edits: [
      {
        file: 'services/edge/evidence.ts',
        old: 'if (!(await isSameLog()) || applied',
        new: 'await isSameLog();\n    if (applied',
      },
    ],
    seenBy: 'services/edge/evidence.test.ts',
    why: 'A log in memory tells everybody at once that it was made anew.',
  },
  {
    name: 'lease-highest-partition',
    about: 'Of the heartbeats of all partitions the latest counts.',
    edits: [{ file: 'services/edge/cache/beats.ts', old: 'lowest = Math.min(time,', new: 'lowest = Math.max(time,' }],
    seenBy: 'services/edge/cache/memory.test.ts',
    why: 'One partition must stand still for longer than a lease while others go on; then the edge is overdue and calls nothing fresh.',
  },
];
