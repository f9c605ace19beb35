/**
 * The tour, step by step: keys, what is kept of what was seen, the way out, and that its texts fit the smallest usual
 * screen.
 */
import { describe, expect, it } from 'vitest';
import { actionsOf } from '../dispatch.ts';
import { textOf } from '../draw/line.ts';
import { createTheme } from '../draw/theme.ts';
import { frameLines } from '../frame.ts';
import { topOf, type ViewState } from '../state/state.ts';
import { fault, observed, pressed, ready, stateAfter } from '../testing/view.ts';
import { advance, TOUR } from './engine.ts';
import { STEPS } from './steps.ts';

const SIZE = { columns: 80, rows: 24 };
const playing = stateAfter(ready(), observed());
const onTour = pressed(playing, 'T');
const at = (step: number, act = 0): ViewState => ({ ...onTour, screens: [{ screen: 'overview' }, { ...TOUR, step, act }] });
const textIn = (state: ViewState) => frameLines(state, SIZE, createTheme()).map(textOf).join('\n');
const commandsOf = (state: ViewState, key: string) =>
  actionsOf(state, key).flatMap((action) => (action.type === 'sent' ? [action.command] : []));

const ACTS = STEPS.flatMap(({ title, acts }, step) => acts.map((act, index) => [`${title} (${index + 1})`, step, index, act] as const));

describe('the tour', () => {
  it('has six steps', () => {
    expect(STEPS).toHaveLength(6);
  });

  it.each(ACTS)('says all of %s at 80x24, names its key, and does it by that key or Enter, once', (_name, step, index, act) => {
    const state = at(step, index);
    const text = textIn(state);
    const said = act.say({ all: state.regions, cut: 'eu-west', far: 'ap-south' });
    expect(text.replaceAll(/\s+/g, ' ')).toContain(said);
    expect(text).toContain(`press ${act.key ?? 'Enter'} to ${act.does}`);
    const done = commandsOf(state, 'return');
    expect(done.length).toBeGreaterThan(0);
    if (act.key !== undefined) expect(commandsOf(state, act.key)).toEqual(done);
    for (const key of ['w', 'b', 'c', 'a']) if (key !== act.key) expect(commandsOf(state, key)).toEqual([]);
    const begun = pressed(state, 'return');
    expect(textIn(begun)).toContain(act.waitsFor);
    expect(commandsOf(begun, 'return')).toEqual([]);
    expect(topOf(pressed(begun, 'return'))).toEqual(topOf(begun));
  });

  it('keeps what was seen, though it is over a moment later, and goes on to the next act', () => {
    const cut = fault({ fault: 'partition', target: 'edge:eu-west<->kafka' });
    const begun = pressed(at(2), 'c');
    const versions = [{ key: 'content:4', version: 7, state: 'fresh' }] as const;
    const origin = [{ key: 'content:4', version: 9, deleted: false }];
    const behind = [{ type: 'faults', t: 2_000, inForce: [cut] } as const, observed({ t: 2_100, versions, origin })].reduce(advance, begun);
    const level = advance(behind, observed({ t: 3_000, versions: [{ key: 'content:4', version: 9, state: 'fresh' }], origin }));
    expect(textIn(level)).toContain('eu-west serves version 7 of content:4, the origin has 9: 2 behind.');
    const next = pressed(level, 'return');
    expect(topOf(next)).toMatchObject({ step: 2, act: 1, seen: undefined });
    expect(commandsOf(next, 'escape')).toEqual([{ do: 'heal-all' }]);
    expect(topOf(pressed(next, 'escape'))).toEqual({ screen: 'overview' });
  });

  it('gives a lease to the region that is cut off, and tells of it once nothing old is called fresh there', () => {
    const begun = pressed(at(2, 1), 'return');
    expect(commandsOf(at(2, 1), 'return')).toEqual([{ do: 'configure', region: 'eu-west', freshnessLeaseMs: 5_000 }]);
    const told = (evidenceMs: number | null, state: 'fresh' | 'stale') =>
      observed({
        t: 3_000,
        versions: [{ key: 'content:4', version: 7, state }],
        origin: [{ key: 'content:4', version: 9, deleted: false }],
        change: { lease: { leaseMs: 5_000, skewMs: 500, leastMs: 3_600, evidenceMs, heartbeats: 1, fromFuture: 0 } },
      });
    const behind = advance(at(2, 1), told(4_000, 'fresh'));
    const given = pressed(behind, 'return');
    expect(topOf(begun)).toMatchObject({ seen: undefined });
    for (const early of [told(4_000, 'fresh'), told(6_000, 'fresh'), told(4_000, 'stale')])
      expect(topOf(advance(given, early)), JSON.stringify(early)).toMatchObject({ seen: undefined });
    expect(textIn(advance(given, told(6_000, 'stale')))).toContain('eu-west labels no old version fresh any more');
    expect(textIn(advance(given, told(null, 'stale'))).replaceAll(/\s+/g, ' ')).toContain('1 old entry is labelled stale');
  });

  it('lets an act be left behind that shows nothing', () => {
    const begun = pressed(at(3), 'return');
    const late = advance(begun, { type: 'tick', t: 60_000 });
    expect(textIn(late)).toMatch(/not seen after \d+ s/);
    expect(topOf(pressed(late, 'return'))).toMatchObject({ step: 4, act: 0 });
  });

  it('shows both verdicts of the race, and ends with what to try next', () => {
    const begun = pressed(at(3), 'return');
    const purgeIgnored = { check: 'purge-ignored', anomalies: 58 };
    const broken = {
      verdict: 'fail',
      failed: [purgeIgnored, { check: 'strategy-ignored', anomalies: 0 }],
      explain: 'x',
      reads: 3_720,
    } as const;
    const real = { verdict: 'pass', failed: [], explain: undefined, reads: 3_720 } as const;
    const raced = advance(begun, { type: 'raced', t: 3_000, race: { seed: 1, mutant: 'unfenced-fill', broken, real, tookMs: 900 } });
    expect(textIn(raced)).toContain('without the fence (unfenced-fill): FAIL, 3720 reads: 58 purge-ignored.');
    expect(textIn(raced)).toContain('the real protocol: PASS, 3720 reads, nothing found.');
    expect(textIn(raced)).toContain('in virtual time');
    expect(textIn(at(6))).toContain('r runs and judges a scenario');
    expect(topOf(pressed(at(6), 'return'))).toEqual({ screen: 'overview' });
  });

  it('sets the strategies and delays that it speaks of, and puts them back when it is left', () => {
    const asked = (region: string, propagationDelayMs: number, strategy: string, freshnessLeaseMs = 0) => ({
      do: 'configure',
      region,
      propagationDelayMs,
      strategy,
      freshnessLeaseMs,
    });
    // Each was lazy with 300 ms, and had a lease.
    expect(commandsOf(playing, 'T')).toEqual([
      asked('us-east', 100, 'eager'),
      asked('eu-west', 300, 'lazy'),
      asked('ap-south', 600, 'lazy'),
    ]);
    expect(textIn(onTour).replaceAll(/\s+/g, ' ')).toContain('us-east 100 ms, eu-west 300 ms, ap-south 600 ms');
    expect(commandsOf(onTour, 'return')).toEqual([{ do: 'write', count: 1 }]);
    const set = advance(onTour, observed({ t: 2_000, change: { freshnessLeaseMs: 0 } }));
    const back = ['us-east', 'eu-west', 'ap-south'].map((region) => asked(region, 300, 'lazy', 10_000));
    expect(commandsOf(set, 'escape')).toEqual(back);
    const later = { ...set, screens: set.screens.map((screen) => (screen.screen === 'tour' ? { ...screen, step: 6 } : screen)) };
    expect(commandsOf(later, 'return')).toEqual(back);
  });

  it('sets them with its first key where it was open before the world was up', () => {
    const early = advance(advance({ ...stateAfter(), screens: [{ screen: 'overview' } as const, TOUR] }, ready()), observed());
    const done = commandsOf(early, 'w');
    expect(done.map((command) => command.do)).toEqual(['configure', 'configure', 'configure', 'write']);
    const set = advance(pressed(early, 'w'), observed({ t: 2_000, change: { freshnessLeaseMs: 0 } }));
    expect(commandsOf(set, 'escape').map((command) => command.do)).toEqual(['configure', 'configure', 'configure']);
  });

  it('tells of the write of its key, and of no other', () => {
    const begun = pressed(onTour, 'w');
    const applied = (id: string, key: string, version: number) => ({
      ...{ id, type: 'key' as const, target: key, version, mode: 'soft' as const, partition: 0, offset: 1 },
      ...{ recordedAt: 1_000, arrivedAt: 1_010, dueAt: 1_100, appliedAt: 1_105 },
    });
    const seen = (...recent: readonly ReturnType<typeof applied>[]) => observed({ t: 3_000, change: { recent: [...recent] } });
    const other = [{ type: 'written', t: 2_000, writes: [{ key: 'content:5', version: 3 }] } as const, seen(applied('a', 'content:9', 3))];
    expect(topOf(other.reduce(advance, begun))).toMatchObject({ seen: undefined });
    const own = advance(other.reduce(advance, begun), seen(applied('a', 'content:9', 3), applied('b', 'content:5', 3)));
    expect(textIn(own)).toContain('version 3 of content:5 was applied');
  });

  it('slows the origin for the stampede, and heals that before the next step', () => {
    const [slow, rush] = commandsOf(at(4), 'return');
    expect(slow).toEqual({ do: 'inject', fault: 'latency', target: 'edge:ap-south<->origin', parameters: { latency: '300ms' } });
    expect(rush).toMatchObject({ do: 'stampede', region: 'ap-south' });
    const late = fault({ fault: 'latency', target: 'edge:ap-south<->origin' });
    const stampede = { region: 'ap-south', key: 'content:4', readers: 200, answered: 200, fetches: 1, slowestMs: 650 };
    const rushed = (joined: number) =>
      [
        { type: 'faults', t: 2_000, inForce: [late] } as const,
        { type: 'stampeded', t: 3_000, stampede: { ...stampede, joined } } as const,
      ].reduce(advance, pressed(at(4), 'return'));
    const done = rushed(199);
    expect(textIn(done)).toContain('199 readers shared that fetch with the first; 200 were answered');
    const some = expect.stringContaining('196 readers shared that fetch with the first, 3 others found the content in the cache;');
    expect(topOf(rushed(196))).toMatchObject({ seen: expect.arrayContaining([some]) });
    // Not everything: what the next step breaks may be under way by then.
    expect(commandsOf(done, 'return')).toEqual([{ do: 'heal', id: 'f1' }]);
    expect(topOf(pressed(done, 'return'))).toMatchObject({ step: 5, act: 0 });
  });

  it('waits until all of its writes are in the outbox', () => {
    const begun = pressed(at(5), 'return');
    const kill = { type: 'faults', t: 2_000, inForce: [fault({ fault: 'kill', target: 'kafka' })] } as const;
    const pending = (t: number, count: number) => {
      const event = observed({ t });
      if (event.type !== 'observed') throw new Error('expected figures');
      const { origin, regions } = event.observation;
      const metrics = origin.metrics && { ...origin.metrics, outbox: { pending: count, oldestAgeMs: 1 } };
      return { ...event, observation: { regions, origin: { ...origin, metrics } } };
    };
    const told = (...events: readonly Parameters<typeof advance>[1][]) => [kill, ...events].reduce(advance, begun);
    expect(topOf(told(pending(3_000, 8)))).toMatchObject({ seen: undefined });
    expect(textIn(told(pending(3_000, 12)))).toContain('12 invalidations wait in the outbox');
    expect(textIn(told(pending(9_000, 8)))).toContain('8 invalidations wait in the outbox');
  });

  it('waits for the world, and says so', () => {
    const early = { ...stateAfter(), screens: [{ screen: 'overview' } as const, TOUR] };
    expect(actionsOf(early, 'return')).toEqual([]);
    expect(topOf(advance(advance(early, ready()), observed()))).toEqual(TOUR);
  });
});
