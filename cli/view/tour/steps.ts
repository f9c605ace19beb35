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
          `Each panel is a region with its cache, and the rows below its head are what it holds beside what the origin holds. A change goes to all of them at once, but each applies it after its own delay, which the tour has set: ${all.map(({ region }, at) => `${plain(region)} ${tourSettings(at).propagationDelayMs} ms`).join(', ')}. Your change is marked with ${OWN_MARK}: watch "here" follow "origin".`,
        commands: () => [{ do: 'write', count: 1 }],
        waitsFor: 'the slowest region has yet to apply it',
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
          `An eager region removes what was changed, so the next reader waits for the origin. A lazy one keeps it, answers the next reader with the old version, called stale, and fetches the new one in the background. The tour has set ${all.map(({ region }, at) => `${plain(region)} to ${tourSettings(at).strategy}`).join(', ')}. Watch the states in the tables: "invalid" where it is eager, "stale" where it is lazy.`,
        commands: () => [{ do: 'write', count: BURST }],
        waitsFor: 'readers have yet to come by everywhere',
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
          `Now ${plain(cut)} is cut off from the log, so it hears of no change. It goes on serving what it has. Watch its link to kafka, and the marks in its table that count versions behind.`,
        commands: ({ cut }) => [
          { do: 'inject', fault: 'partition', target: `edge:${cut}<->kafka` },
          { do: 'write', count: WRITES },
        ],
        waitsFor: 'the cut has yet to be felt',
        seen: seen.behind,
      },
      {
        key: undefined,
        does: `give it a lease of ${LEASE_MS / 1000} s`,
        say: ({ cut }) =>
          `It could go on so for an hour. A lease bounds that: the origin sends a heartbeat through the log each second, and ${plain(cut)} calls fresh only what it has had word of lately enough. The cut goes on. Watch old versions turn stale, and readers bring the new ones.`,
        commands: ({ cut }) => [{ do: 'configure', region: cut, freshnessLeaseMs: LEASE_MS }],
        waitsFor: 'its last word from the origin is not that old yet',
        seen: seen.leased,
      },
      {
        key: 'a',
        does: 'heal it',
        say: ({ cut }) =>
          `The log has kept everything, and ${plain(cut)} knows how far it had come. Until it has caught up it calls nothing fresh. Watch lag fall to 0 and the marks go.`,
        commands: () => [{ do: 'heal-all' }],
        waitsFor: 'it is catching up',
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
          'A reader fetches version 1; version 2 is written and its invalidation finds nothing to remove; then version 1 arrives and is stored, fresh for an hour. A fence closes that race: a fill older than the last invalidation is refused. The scenario stale-set-race runs twice, without the fence and with it, in virtual time: not in these regions, and within seconds.',
        commands: () => [{ do: 'race' }],
        waitsFor: 'both run, a minute of virtual time each',
        seen: seen.verdicts,
      },
    ],
  },
  {
    title: 'a stampede',
    acts: [
      {
        key: undefined,
        does: `purge it and send ${READERS} readers`,
        say: ({ far }) =>
          `The hottest content is purged in every region, then ${READERS} readers ask ${plain(far)} for it in the same moment. None finds it in the cache. Were each to ask the origin, it would get ${READERS} requests. The way from ${plain(far)} to the origin is made ${SLOW_MS} ms longer in each direction, so that they come while the first fetch is under way.`,
        commands: ({ far }) => [
          { do: 'inject', fault: 'latency', target: `edge:${far}<->origin`, parameters: { latency: `${SLOW_MS}ms` } },
          { do: 'stampede', region: far, readers: READERS },
        ],
        waitsFor: 'the purge has yet to arrive, then they run',
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
          'Kafka is killed. The origin goes on taking writes: each lies in its outbox together with its invalidation, in one transaction. No region hears of any. Watch "outbox" in the header, where there is room, and the links to kafka.',
        commands: () => [
          { do: 'inject', fault: 'kill', target: 'kafka' },
          { do: 'write', count: WRITES },
        ],
        waitsFor: 'it is being killed',
        seen: seen.waiting(WRITES),
      },
      {
        key: 'a',
        does: 'start it again',
        say: () =>
          'Now it comes back. The origin publishes what waits, in order, and every region applies it after its delay. With Docker that takes Kafka ten seconds or more.',
        commands: () => [{ do: 'heal-all' }],
        waitsFor: 'the outbox is published and applied',
        seen: seen.published,
      },
    ],
  },
];
