/** Whatever a session tells and is told goes over a wire: as JSON, parsed by its schema, it is the same. */
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sleep } from '../../services/runtime/clock.ts';
import { mutantNamed } from '../mutants/mutants.ts';
import { seedSetup } from '../sim/testing/kit.ts';
import { Mystery } from './mystery.ts';
import { type LabCommand, type LiveEvent, labCommand, liveEvent, type Told } from './protocol.ts';
import { withPlayedRaces } from './testing/played-races.ts';
import { type VirtualLab, withVirtualLab } from './testing/virtual-lab.ts';

const SCENARIOS = new Map(
  ['slow-region', 'stale-set-race', 'delete-while-filling'].map((name) => [
    name,
    fileURLToPath(new URL(`../scenarios/${name}.yaml`, import.meta.url)),
  ]),
);
const POLL_MS = 200;
const SEEN_MS_MAX = 600_000;
const LONG_MS = 90_000;

function overWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

type Name = LabCommand['do'];
type Arbitraries = { readonly [Own in Name]: fc.Arbitrary<Extract<LabCommand, { do: Own }>> };

const text = fc.string();
/** JSON has it, an object in the making does not. */
const name = text.filter((one) => one !== '__proto__');
const rate = fc.double({ min: 0, max: 10_000, noNaN: true }).map(Math.abs);

/** Any command of each name. */
const ARBITRARIES: Arbitraries = {
  write: fc.record({ do: fc.constant('write'), count: fc.integer({ min: 1 }) }),
  inject: fc.record(
    { do: fc.constant('inject'), fault: text, target: text, parameters: fc.dictionary(name, text), forMs: rate },
    { requiredKeys: ['do', 'fault', 'target'] },
  ),
  heal: fc.record({ do: fc.constant('heal'), id: text }),
  'heal-all': fc.record({ do: fc.constant('heal-all') }),
  configure: fc.record(
    {
      do: fc.constant('configure'),
      region: text,
      propagationDelayMs: fc.integer({ min: 0, max: 600_000 }),
      strategy: fc.constantFrom('eager', 'lazy'),
    },
    { requiredKeys: ['do', 'region'] },
  ),
  load: fc.record({ do: fc.constant('load'), readsPerSecond: rate, writesPerSecond: rate }, { requiredKeys: ['do'] }),
  trace: fc.record({ do: fc.constant('trace'), id: fc.integer() }),
  'list-scenarios': fc.record({ do: fc.constant('list-scenarios') }),
  run: fc.record({ do: fc.constant('run'), scenario: text }),
  'abort-run': fc.record({ do: fc.constant('abort-run') }),
  'save-run': fc.record({ do: fc.constant('save-run') }),
  race: fc.record({ do: fc.constant('race') }),
  'stood-still': fc.record({ do: fc.constant('stood-still'), ms: rate }),
  stampede: fc.record({ do: fc.constant('stampede'), region: text, readers: fc.integer({ min: 1 }) }),
  guess: fc.record({ do: fc.constant('guess'), name: text }),
  'give-up': fc.record({ do: fc.constant('give-up') }),
  'list-races': fc.record({ do: fc.constant('list-races') }),
  'play-race': fc.record({
    do: fc.constant('play-race'),
    race: text,
    cache: text,
    mode: fc.constantFrom('hard', 'soft'),
    type: fc.constantFrom('key', 'tag', 'pattern', 'all'),
  }),
  'next-turn': fc.record({ do: fc.constant('next-turn') }),
  'finish-race': fc.record({ do: fc.constant('finish-race') }),
  'stop-race': fc.record({ do: fc.constant('stop-race') }),
};

describe('a command over a wire', () => {
  it.each(Object.entries(ARBITRARIES))('%s is the same', (_name, arbitrary) => {
    fc.assert(
      fc.property(arbitrary as fc.Arbitrary<LabCommand>, (command) => {
        expect(labCommand.parse(overWire(command))).toEqual(command);
      }),
    );
  });

  it.each([
    [{ do: 'wipe' }],
    [{ do: 'write' }],
    [{ do: 'write', count: 0 }],
    [{ do: 'heal-all', id: 'f1' }],
    [{ do: 'load', readsPerSecond: '60' }],
  ])('that there is not is refused: %j', (command) => {
    expect(labCommand.safeParse(command).success).toBe(false);
  });
});

/** What a session is asked for here, and the event that says that it was done. */
const PLAYED: readonly (readonly [command: LabCommand, answer: (event: LiveEvent) => boolean])[] = [
  [{ do: 'write', count: 5 }, ({ type }) => type === 'note'],
  [{ do: 'load', readsPerSecond: 30 }, ({ type }) => type === 'load'],
  [{ do: 'configure', region: 'us-east', propagationDelayMs: 50, strategy: 'lazy' }, ({ type }) => type === 'note'],
  [{ do: 'trace', id: 1 }, ({ type }) => type === 'traced'],
  [{ do: 'trace', id: 999_999 }, ({ type }) => type === 'trace-failed'],
  [{ do: 'stampede', region: 'ap-south', readers: 20 }, ({ type }) => type === 'stampeded'],
  [
    { do: 'inject', fault: 'kill', target: 'edge:ap-south', forMs: 3_000 },
    isFault(({ region, endsMs }) => region !== undefined && endsMs !== undefined),
  ],
  [
    { do: 'inject', fault: 'latency', target: 'origin<->kafka', parameters: { latency: '200ms' } },
    isFault(({ state }) => state === 'inForce'),
  ],
  [{ do: 'heal-all' }, (event) => event.type === 'faults' && event.inForce.length === 0],
  [{ do: 'list-scenarios' }, ({ type }) => type === 'scenarios'],
  [{ do: 'run', scenario: 'slow-region' }, ({ type }) => type === 'run-ended'],
  [{ do: 'run', scenario: 'mars' }, ({ type }) => type === 'run-ended'],
  [{ do: 'race' }, ({ type }) => type === 'raced'],
];

function isFault(matches: (fault: Extract<LiveEvent, { type: 'faults' }>['inForce'][number]) => boolean) {
  return (event: LiveEvent) => event.type === 'faults' && event.inForce.some(matches);
}

async function play(bench: VirtualLab): Promise<void> {
  for (const [command, answer] of PLAYED) {
    const since = bench.events.length;
    bench.do(command);
    for (let waitedMs = 0; !bench.events.slice(since).some(answer); waitedMs += POLL_MS) {
      if (waitedMs > SEEN_MS_MAX) throw new Error(`${JSON.stringify(command)} has no answer`);
      await sleep(bench.clock, POLL_MS);
    }
  }
}

it('every event of a session over a wire is the same', { timeout: LONG_MS }, async () => {
  const told: LiveEvent[] = [
    { type: 'lost', t: 1, why: 'port 4000 is busy', exitCode: 107 },
    { type: 'run-saved', t: 1, saved: true, says: '/x/report.html' },
  ];
  await withVirtualLab(
    async (bench) => {
      await play(bench);
      told.push(...bench.events);
    },
    { scenarios: SCENARIOS },
  );
  await withPlayedRaces(async (races, events) => {
    await races.list();
    const played = races.play({ do: 'play-race', race: 'in-head', cache: 'edgesync', mode: 'hard', type: 'key' });
    await events.until(({ type }) => type === 'race-turn', 0, LONG_MS);
    races.finish();
    await played;
    told.push(...events.all);
  });
  const catalogue = { files: SCENARIOS, version: '0', topology: async () => (await seedSetup()).topology };
  const tell = (event: Told<LiveEvent>) => void told.push({ t: 1, ...event } as LiveEvent);
  await new Mystery({ mutant: mutantNamed('missing-at-version-zero'), catalogue, tell }).giveUp();
  for (const event of told) expect(liveEvent.parse(overWire(event))).toEqual(event);
  const types = liveEvent.options.map(({ shape }) => shape.type.value);
  expect(types.filter((type) => !told.some((event) => event.type === type))).toEqual([]);
});
