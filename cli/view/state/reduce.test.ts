/** The reducer: what the view makes of what it is told. */
import { describe, expect, it } from 'vitest';
import { fault, observed, ready, stateAfter } from '../testing/view.ts';
import { LOG_MAX } from './apply-event.ts';
import { reduce } from './reduce.ts';
import { HISTORY_MAX } from './samples.ts';
import { INITIAL_STATE } from './state.ts';

describe('the state of the view', () => {
  it('goes from starting to playing to leaving, never back', () => {
    expect(stateAfter().phase).toBe('starting');
    expect(stateAfter(ready()).phase).toBe('playing');
    expect(stateAfter(ready(), { type: 'leave', by: 'quit' }).phase).toBe('leaving');
    expect(stateAfter({ type: 'leave', by: 'quit' }, ready()).phase).toBe('leaving');
  });

  it('samples each region once a second, with gaps where it did not answer', () => {
    const state = stateAfter(
      ready(),
      observed({ t: 1_100 }),
      { type: 'tick', t: 2_050 },
      observed({ t: 2_100, failures: 1 }),
      { type: 'tick', t: 3_050 },
      { type: 'tick', t: 3_900 },
    );
    expect(state.regions[0]?.history.map(({ p99 }) => p99)).toEqual([null, 12, null]);
  });

  it('fills seconds nobody counted with gaps, and keeps ten minutes', () => {
    const slept = stateAfter(ready(), observed({ t: 1_100 }), { type: 'tick', t: 5_000 });
    expect(slept.regions[0]?.history.map(({ p99 }) => p99)).toEqual([null, null, null, null, 12]);
    const long = stateAfter(ready(), { type: 'tick', t: 3_600_000 });
    expect(long.regions[0]?.history).toHaveLength(HISTORY_MAX);
  });

  it('takes a content out of the tables that is deleted and that no region has served for a while, and no other', () => {
    const origin = [
      { key: 'content:4', version: 3, deleted: true },
      { key: 'content:5', version: 3, deleted: true },
      { key: 'content:6', version: 3, deleted: false },
    ];
    const held = (state: 'stale' | 'invalid') => [
      { key: 'content:4', version: 2, state: 'invalid' as const },
      { key: 'content:5', version: 2, state },
      { key: 'content:6', version: 2, state: 'invalid' as const },
    ];
    const first = [ready(), observed({ t: 1_000, origin, versions: held('stale') })] as const;
    expect(stateAfter(...first, observed({ t: 9_900, origin, versions: held('stale') })).keys).toEqual([
      'content:4',
      'content:5',
      'content:6',
    ]);
    const later = [...first, { type: 'tick', t: 11_500 }, observed({ t: 11_500, origin, versions: held('stale') })] as const;
    expect(stateAfter(...later).keys).toEqual(['content:5', 'content:6']);
    const last = [...later, observed({ t: 12_000, origin, versions: held('invalid') }), { type: 'tick', t: 23_000 }] as const;
    // The origin tells of its newest changes alone.
    expect(stateAfter(...last, observed({ t: 23_000, versions: held('invalid') })).keys).toEqual(['content:6']);
  });

  it('never goes back in time', () => {
    expect(stateAfter({ type: 'tick', t: 500 }, { type: 'tick', t: 400 }).nowMs).toBe(500);
  });

  it('keeps the newest events, bounded', () => {
    const notes = Array.from({ length: LOG_MAX + 5 }, (_, at) => ({ type: 'note', t: at, tone: 'info', text: `note ${at}` }) as const);
    const { log } = notes.reduce(reduce, INITIAL_STATE);
    expect(log).toHaveLength(LOG_MAX);
    expect(log.at(-1)?.text).toBe(`note ${LOG_MAX + 4}`);
  });

  it('counts every fault once, whatever is told of it', () => {
    const one = fault({ id: 'f1', fault: 'pause', target: 'edge:us-east' });
    const two = fault({ id: 'f2', fault: 'kill', target: 'edge:us-east' });
    const lists = [[{ ...one, state: 'injecting' as const }], [one], [one, two], [two], []];
    const state = stateAfter(ready(), ...lists.map((inForce, t) => ({ type: 'faults', t, inForce }) as const));
    expect(state).toMatchObject({ faults: [], faultsSeen: 2 });
  });

  it('shows a setting at once, until the edge says it or three seconds have passed', () => {
    const asked = stateAfter(ready(), observed(), {
      type: 'sent',
      text: '',
      command: { do: 'configure', region: 'us-east', propagationDelayMs: 500 },
    });
    expect(asked.regions[0]?.pending).toMatchObject({ propagationDelayMs: 500 });
    expect(reduce(asked, observed({ t: 1_500 })).regions[0]?.pending).toBeDefined();
    expect(reduce(asked, observed({ t: 1_500, change: { propagationDelayMs: 500 } })).regions[0]?.pending).toBeUndefined();
    expect(reduce(asked, observed({ t: 5_000 })).regions[0]?.pending).toBeUndefined();
  });

  it('selects regions that are there, and goes round', () => {
    const state = stateAfter(ready());
    expect(reduce(state, { type: 'select', index: 2 }).selected).toBe(2);
    expect(reduce(state, { type: 'select', index: 3 }).selected).toBe(0);
    expect(reduce(state, { type: 'step-selection', by: -1 }).selected).toBe(2);
    expect(reduce({ ...state, selected: 2 }, { type: 'step-selection', by: 1 }).selected).toBe(0);
  });

  it('keeps rows of the version table where they are', () => {
    const row = (id: number, version = 1) => ({ key: `content:${id}`, version, state: 'fresh' }) as const;
    const first = stateAfter(ready(), observed({ versions: [row(12), row(4)] }));
    expect(first.keys).toEqual(['content:4', 'content:12']);
    expect(reduce(first, observed({ versions: [row(12)] })).keys).toEqual(['content:4', 'content:12']);
  });
});
