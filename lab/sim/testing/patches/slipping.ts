/**
 * Wrong programs that no seed shows, for what they break takes several rare things at once. A test of their own file
 * does.
 */
import type { SlippingPatch } from './patch.ts';

const STORE = 'services/edge/cache/store.ts';
const READER = 'services/edge/reader.ts';
const FLIGHTS = 'services/edge/flights.ts';
const JOIN = 'current.stamp.life === life && current.stamp.clock >= fence';
const INVALIDATOR = 'services/edge/invalidator.ts';
const RELAY = 'services/origin/relay.ts';
const QUEUE = 'services/edge/partition-queue.ts';

export const SLIPPING_PATCHES: readonly SlippingPatch[] = [
  {
    name: 'origin-date-not-looked-at',
    about: "What the origin's answers say of its clock is not looked at.",
    edits: [
      {
        file: 'services/edge/origin-calls.ts',
        old: 'if (answer.dateMs !== undefined) lease',
        new: 'if (answer.dateMs !== undefined && askedAt < 0) lease',
      },
    ],
    seenBy: 'lab/sim/clocks.test.ts',
    why: 'Clocks that differ by more than the skew excuse what is called fresh for longer than the lease.',
  },
  {
    name: 'forgetlog-no-epoch',
    about: 'When the log is another one, what is cached stays valid.',
    edits: [{ file: STORE, old: 'this.#marks.raiseAll();\n    this.#positions.clear();', new: 'this.#positions.clear();' }],
    seenBy: 'services/edge/invalidator.test.ts',
    why: 'What the edge passes over at the end of another log makes everything invalid as well: only a log of one record or none shows it.',
  },
  {
    name: 'flush-no-clock',
    about: 'A flush makes invalid what is stored, and not what is being fetched.',
    edits: [{ file: 'services/edge/cache/marks.ts', old: 'raiseAll(): void {\n    this.#clock += 1;', new: 'raiseAll(): void {' }],
    seenBy: 'services/edge/invalidator.test.ts',
    why: 'A fetch must be under way that began at the clock of the last mark, and bring what the flush was for.',
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
  {
    name: 'no-generation',
    about: 'A record of a log that another edge of the region has forgotten since is applied.',
    edits: [
      { file: QUEUE, old: 'toApplication(item, strategy, this.#generation)', new: 'toApplication(item, strategy)' },
      { file: QUEUE, old: 'previous: item.previous, generation: this.#generation, beat }', new: 'previous: item.previous, beat }' },
    ],
    seenBy: 'services/edge/cache/members-walk.test.ts',
    why: 'Here a log is made anew with as many records as it had, so what an edge still has of the old one lies where it is skipped, or is a gap.',
  },
  {
    name: 'edges-doubt-the-log',
    about: 'What another edge of the region has applied beyond the end that an edge was told of looks like another log.',
    edits: [
      {
        file: 'services/edge/take-up.ts',
        old: 'isElsewhere(bounds, positions) && isElsewhere(await log.bounds(), positions)',
        new: 'isElsewhere(bounds, positions)',
      },
    ],
    seenBy: 'services/edge/invalidator-members.test.ts',
    why: 'It costs fetches at the moment in which an edge joins: then nobody counts them.',
  },
  {
    name: 'answered-alone',
    about: 'What an edge answered without the cache binds that edge alone, also when it reaches the cache again.',
    edits: [{ file: READER, old: 'if (isShared) this.#remembered.tell((versions) => cache.raiseMinimums(versions));', new: '' }],
    seenBy: 'services/edge/reader-shared.test.ts',
    why: 'A cache that is away is away for every edge of its region, and what each has answered so it remembers by itself.',
  },
  {
    name: 'rejoin-not-catching-up',
    about: 'An edge that rejoins its group calls fresh what it has, before it has applied what it missed.',
    edits: [
      {
        file: 'services/edge/invalidator.ts',
        old: 'this.#catchUp.begin();\n    this.#joins',
        new: 'if (this.#joins === 0) this.#catchUp.begin();\n    this.#joins',
      },
    ],
    seenBy: 'services/edge/invalidator.test.ts',
    why: 'What an edge that was cut off calls fresh is excused until it says itself that it has caught up.',
  },
  {
    name: 'catch-up-gives-up',
    about: 'An edge that cannot join for five seconds calls fresh what it has.',
    edits: [
      {
        file: 'services/edge/invalidator.ts',
        old: 'return this.#catchUp.isUnderWay(this.#queues, this.#applied) ||',
        new: 'this.#sinceMs ??= this.#options.clock.monotonicMs();\n    const isLate = this.#options.clock.monotonicMs() - this.#sinceMs > 5_000;\n    return (this.#catchUp.isUnderWay(this.#queues, this.#applied) && !isLate) ||',
      },
      { file: 'services/edge/invalidator.ts', old: '  #joins = 0;', new: '  #sinceMs: number | undefined;\n  #joins = 0;' },
    ],
    seenBy: 'services/edge/invalidator.test.ts',
    why: 'An edge must be started again while its log is away for longer.',
  },
  {
    name: 'no-queues-is-fresh',
    about: 'An edge whose queues were dropped, and that does not know where to read on, calls fresh what it has.',
    edits: [
      { file: 'services/edge/overdue.ts', old: 'this.#withoutQueuesMs ?? Number.POSITIVE_INFINITY)', new: 'Number.POSITIVE_INFINITY)' },
    ],
    seenBy: 'services/edge/invalidator-overdue.test.ts',
    why: 'A log must hand over records, and not tell its bounds, for longer than a second.',
  },
  {
    name: 'read-again-is-new',
    about: 'What is read again after a failed apply counts as having come just then.',
    edits: [
      {
        file: 'services/edge/partition-queue.ts',
        old: 'Math.min(arrivedMs - Math.max(0, arrivedAt - record.time), this.#waiting.firstReadMs(record.offset));',
        new: 'Math.max(arrivedMs - Math.max(0, arrivedAt - record.time), Math.min(0, this.#waiting.firstReadMs(record.offset)));',
      },
    ],
    seenBy: 'services/edge/invalidator-overdue.test.ts',
    why: 'The clock of the log must be ahead while a cache refuses to apply.',
  },
  {
    name: 'gap-is-applied',
    about: 'An event that the cache refused as a gap counts as applied.',
    edits: [
      {
        file: 'services/edge/partition-queue.ts',
        old: "if (outcomes.includes('gap')) this.#fail('a record before was never applied');\n      else if",
        new: 'if',
      },
    ],
    seenBy: 'services/edge/invalidator.test.ts',
    why: 'What a cache of a seed loses fails as a batch, or begins a new life: either makes the edge look before it finds a gap.',
  },
  {
    name: 'delay-from-the-arrival',
    about: 'The delay of an event begins when it came, not when the log took it.',
    edits: [
      {
        file: 'services/edge/partition-queue.ts',
        old: 'Math.min(arrivedMs - Math.max(0, arrivedAt - record.time), this',
        new: 'Math.min(arrivedMs, this',
      },
    ],
    seenBy: 'services/edge/invalidator-queue.test.ts',
    why: 'Where a slow link held an event back, the bound allows the link and the delay one after the other.',
  },
  {
    name: 'unreadable-by-key',
    about: 'A record that cannot be read makes invalid the key that it lies under.',
    edits: [
      {
        file: 'services/edge/queued-record.ts',
        old: 'mark: toMark(strategy, event), position',
        new: "mark: event === undefined ? { type: 'key', target: record.key, mode: modeIn(strategy, event) } : toMark(strategy, event), position",
      },
    ],
    seenBy: 'services/edge/invalidator.test.ts',
    why: 'The record of a purge by tag or pattern must be the one that is garbled.',
  },
  {
    name: 'fence-no-floor',
    about: 'A reader joins a fetch that began before the marks it may have missed were dropped.',
    edits: [
      { file: 'services/edge/cache/marks.ts', old: 'return Math.max(this.#floor, this.#all.hard', new: 'return Math.max(this.#all.hard' },
    ],
    seenBy: 'services/edge/cache/memory.test.ts',
    why: 'A mark must be dropped while the one fetch is under way that it spoke of, and a reader come in the same moment.',
  },
  {
    name: 'no-stale-if-error',
    about: 'While the origin is away nothing is served that is past its revalidation.',
    edits: [
      { file: 'services/edge/reader.ts', old: 'return this.#staleIfError(key, error);', new: 'throw noAnswer(error.message, error);' },
    ],
    seenBy: 'services/edge/reader-stale.test.ts',
    why: 'In a seed an entry ends when it may not be served stale any more: none has a life after that.',
  },
  {
    name: 'stale-for-ever',
    about: 'A stale entry is served while it is revalidated, however old it is.',
    edits: [
      {
        file: 'services/edge/reader.ts',
        old: 'if (entry !== null && this.#options.clock.now() < entry.staleUntil) {',
        new: 'if (entry !== null) {',
      },
    ],
    seenBy: 'services/edge/reader-stale.test.ts',
    why: 'The same.',
  },
  {
    name: 'kept-copy',
    about: 'While the origin is away an entry is served that was read before the fetch (U7).',
    edits: [
      {
        file: 'services/edge/reader.ts',
        old: 'return this.#staleIfError(key, error);',
        new: "return found.entry !== null ? { entry: found.entry, source: 'cache', status: 'stale' } : this.#staleIfError(key, error);",
      },
    ],
    seenBy: 'services/edge/reader-stale.test.ts',
    why: 'The same.',
  },
  {
    name: 'missing-kept-long',
    about: 'A 404 is kept for a hundred times its lifetime.',
    edits: [
      {
        file: 'services/edge/entry-times.ts',
        old: 'askedAt + (content === null ? negativeMs : freshMs);',
        new: 'askedAt + (content === null ? negativeMs * 100 : freshMs);',
      },
    ],
    seenBy: 'services/edge/reader-missing.test.ts',
    why: 'The creation of what is not there is an event, which ends the 404 whatever its lifetime.',
  },
  {
    name: 'lives-for-ever',
    about: 'An entry stays when its life is over.',
    edits: [
      {
        file: 'services/edge/cache/store.ts',
        old: 'if (stored === undefined || now < stored.entry.expiresAt) return stored;',
        new: 'if (stored !== undefined || now < 0) return stored;',
      },
    ],
    seenBy: 'services/edge/cache/memory.test.ts',
    why: 'It is not fresh then, and is fetched anew. Only while the origin is away for longer would it be served.',
  },
  {
    name: 'age-of-zero',
    about: 'The header age is 0 whatever the age of an answer.',
    edits: [
      {
        file: 'services/edge/read-route.ts',
        old: 'age: String(Math.max(0, seconds(now - entry.fetchedAt))),',
        new: 'age: String(Math.min(0, seconds(now - entry.fetchedAt))),',
      },
    ],
    seenBy: 'services/edge/routes.test.ts',
    why: 'The lab reads the age of an answer in its body.',
  },
  {
    name: 'lease-slots-leak',
    about: 'What was asked for because a lease ran out goes on counting when it has ended.',
    edits: [{ file: 'services/edge/lease-revalidations.ts', old: 'this.#inFlight -= 1;', new: '' }],
    seenBy: 'services/edge/reader-lease.test.ts',
    why: 'In the cut of a seed so many keys do not run out of their lease.',
  },
  {
    name: 'lease-and-skew',
    about: 'A lease is longer by the skew.',
    edits: [
      { file: 'services/edge/lease.ts', old: 'const until = basis + leaseMs * (1', new: 'const until = basis + skewMs + leaseMs * (1' },
    ],
    seenBy: 'services/edge/lease.test.ts',
    why: 'Where a lease is judged all clocks are one, and the skew is 0.',
  },
  {
    name: 'lowered-delay-unheard',
    about: 'A delay that is lowered does not let go of what waits.',
    edits: [
      {
        file: INVALIDATOR,
        old: 'for (const queue of this.#queues.values()) queue.schedule();\n',
        new: '',
      },
    ],
    seenBy: 'services/edge/invalidator-queue.test.ts',
    why: 'The next record of the partition reminds the queue, and a heartbeat comes each second.',
  },
  {
    name: 'due-by-the-wall-clock',
    about: 'An event is due by the wall clock, which may be set back while it waits.',
    edits: [
      {
        file: QUEUE,
        old: 'const waitMs = this.#dueMs(head) - this.#ports.clock.monotonicMs();',
        new: 'const { settings, clock } = this.#ports;\n    const waitMs = head.unmarked === undefined ? Math.min(head.record.time, head.arrivedAt) + settings.propagationDelayMs - clock.now() : 0;',
      },
    ],
    seenBy: 'services/edge/invalidator-queue.test.ts',
    why: 'A clock must be set back in the moment in which an event waits for its delay.',
  },
];
