/** The tour: six short steps. Each says what to look at, waits for the key, does it, and says what came of it. */
import { plain } from '../draw/format.ts';
import { OWN_MARK } from '../panels/version-table.ts';
import * as seen from './seen.ts';
import { tourSettings } from './settings.ts';
import type { Step } from './step.ts';

const BURST = 50;
const WRITES = 10;
const READERS = 200;
const LEASE_MS = 5_000;
/** Far below the deadline of a fetch, also there and back. */
const SLOW_MS = 300;

export const STEPS: readonly Step[] = [
  {
    title: 'propagation delay',
    acts: [
      {
        key: 'w',
        does: 'change one content at the origin',
        say: ({ all }) =>
          `Each panel is a region with its cache. Its rows compare the versions "here", in the cache, with the "origin". A change goes to all regions at once, but each region applies the change after its own delay. The tour has set the delays: ${all.map(({ region }, at) => `${plain(region)} ${tourSettings(at).propagationDelayMs} ms`).join(', ')}. Your change is marked with ${OWN_MARK}: watch "here" follow "origin".`,
        commands: () => [{ do: 'write', count: 1 }],
        waitsFor: 'the slowest region has not applied it yet',
        seen: seen.delays,
      },
    ],
  },
  {
    title: 'eager against lazy',
    acts: [
      {
        key: 'b',
        does: `change contents ${BURST} times`,
        say: ({ all }) =>
          `An eager region removes a changed entry, so the next reader waits for the origin. A lazy region keeps the entry, answers the next reader with the old version, labelled stale, and revalidates it in the background. The tour has set ${all.map(({ region }, at) => `${plain(region)} to ${tourSettings(at).strategy}`).join(', ')}. Watch the states in the tables: "invalid" in an eager region, "stale" in a lazy one.`,
        commands: () => [{ do: 'write', count: BURST }],
        waitsFor: 'not every region had a reader yet',
        seen: seen.strategies,
      },
    ],
  },
  {
    title: 'a partition and its healing',
    acts: [
      {
        key: 'c',
        does: `cut the link and write ${WRITES} times`,
        say: ({ cut }) =>
          `Now ${plain(cut)} is cut off from the log, so it hears of no change. It goes on serving its old entries. Watch the link to kafka, and the marks in the table that count versions behind.`,
        commands: ({ cut }) => [
          { do: 'inject', fault: 'partition', target: `edge:${cut}<->kafka` },
          { do: 'write', count: WRITES },
        ],
        waitsFor: 'the cut has no visible effect yet',
        seen: seen.behind,
      },
      {
        key: undefined,
        does: `give the region a lease of ${LEASE_MS / 1000} s`,
        say: ({ cut }) =>
          `This could go on for an hour. A lease bounds that time. The origin sends a heartbeat through the log each second; without a recent heartbeat ${plain(cut)} labels old entries stale. The cut goes on. Watch old versions turn stale, and reads fetch the new ones.`,
        commands: ({ cut }) => [{ do: 'configure', region: cut, freshnessLeaseMs: LEASE_MS }],
        waitsFor: 'the last heartbeat from the origin is not old enough yet',
        seen: seen.leased,
      },
      {
        key: 'a',
        does: 'heal it',
        say: ({ cut }) =>
          `The log has kept every invalidation, and ${plain(cut)} has stored its offset. Until the region has caught up, it labels nothing fresh. Watch lag fall to 0 and the marks disappear.`,
        commands: () => [{ do: 'heal-all' }],
        waitsFor: 'the region is catching up',
        seen: seen.level,
      },
    ],
  },
  {
    title: 'the stale-set race',
    acts: [
      {
        key: undefined,
        does: 'run both',
        say: () =>
          'A reader fetches version 1. Version 2 is written, and its invalidation finds nothing to remove. Then version 1 arrives and is stored, fresh for an hour. A fence closes that race: a fill older than the last invalidation is refused. The scenario stale-set-race runs twice in virtual time, without the fence and with it. It takes seconds and does not touch these regions.',
        commands: () => [{ do: 'race' }],
        waitsFor: 'both runs go on, a minute of virtual time each',
        seen: seen.verdicts,
      },
    ],
  },
  {
    title: 'a stampede',
    acts: [
      {
        key: undefined,
        does: `purge a content and send ${READERS} readers`,
        say: ({ far }) =>
          `The hottest content is purged in every region, then ${READERS} readers ask ${plain(far)} for that content in the same moment. No reader finds the content in the cache. Without coalescing the origin would get ${READERS} requests. The link from ${plain(far)} to the origin is made ${SLOW_MS} ms slower in each direction, so that the readers come while the first fetch is in flight.`,
        commands: ({ far }) => [
          { do: 'inject', fault: 'latency', target: `edge:${far}<->origin`, parameters: { latency: `${SLOW_MS}ms` } },
          { do: 'stampede', region: far, readers: READERS },
        ],
        waitsFor: 'the purge has not arrived yet, then the readers come',
        seen: seen.oneFetch,
      },
    ],
  },
  {
    title: 'a Kafka outage',
    acts: [
      {
        key: undefined,
        does: `kill Kafka and write ${WRITES} times`,
        say: () =>
          'Kafka is killed. The origin goes on taking writes: each write is stored with its invalidation in the outbox, in one transaction. No region hears of the writes. Watch "outbox" in the header, where there is room, and the links to kafka.',
        commands: () => [
          { do: 'inject', fault: 'kill', target: 'kafka' },
          { do: 'write', count: WRITES },
        ],
        waitsFor: 'Kafka is being killed',
        seen: seen.waiting(WRITES),
      },
      {
        key: 'a',
        does: 'start Kafka again',
        say: () =>
          'Now Kafka comes back. The origin publishes the waiting invalidations in order, and every region applies them after its delay. With Docker that takes Kafka ten seconds or more.',
        commands: () => [{ do: 'heal-all' }],
        waitsFor: 'the outbox is published and applied',
        seen: seen.published,
      },
    ],
  },
];
