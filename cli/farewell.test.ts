/** What is said after the terminal, and how it ends. */
import { describe, expect, it } from 'vitest';
import type { MysteryView } from '../lab/live/protocol.ts';
import { abandonedLines, exitCodeFor, farewell } from './farewell.ts';
import type { ViewState } from './view/state/state.ts';
import type { TerminalEnded } from './view/terminal.ts';
import { fault, observed, ready, stateAfter } from './view/testing/view.ts';

const cut = fault({ id: 'f1', fault: 'partition', target: 'edge:us-east<->kafka', injectedMs: 2_000 });
const PLAYED = stateAfter(ready(), observed(), { type: 'faults', t: 2_000, inForce: [cut] }, { type: 'faults', t: 14_000, inForce: [] });
const violated: ViewState = { ...PLAYED, verdict: { state: 'violated', violations: 2, reason: '' } };
const ended = (change: Partial<TerminalEnded> = {}): TerminalEnded => ({ by: 'quit', left: [], state: PLAYED, ...change });

describe('the farewell', () => {
  it('sums the session up', () => {
    expect(farewell(ended({ state: { ...PLAYED, verdict: { state: 'clear', violations: 0, reason: '' } } }))).toEqual([
      'EdgeSync Lab',
      '  time     14 s in the embedded world',
      '  faults   1 fault injected: partition edge:us-east<->kafka for 12 s',
      '  writes   1',
      '  verdict  no violation seen: no answer was older than faults and delays allow',
      '  left     nothing: everything healed and stopped',
    ]);
  });

  it('says so where no world was up yet', () => {
    expect(farewell(ended({ by: 'interrupt', state: stateAfter({ type: 'tick', t: 2_000 }) }))[1]).toBe(
      '  time     2 s, before a world was up',
    );
  });

  it('breaks no word at the edge of the terminal, and no command at all', () => {
    const cuts = ['us-east', 'eu-west', 'ap-south'].map((region, at) =>
      fault({ id: `f${at}`, fault: 'partition', target: `edge:${region}<->kafka`, injectedMs: 2_000 }),
    );
    const state = { ...PLAYED, ...stateAfter(ready(), { type: 'faults', t: 2_000, inForce: cuts }), staysUp: true };
    const lines = farewell(ended({ state }), { project: 'p'.repeat(80), columns: 80 });
    const left = lines.filter((line) => line.startsWith('  left'));
    const others = lines.filter((line) => !left.includes(line));
    expect(left).toHaveLength(1);
    expect(left[0]).toMatch(/removes it$/);
    for (const line of others) expect(line.length).toBeLessThanOrEqual(80);
    expect(others.join('\n')).toMatch(/3 faults injected: [^\n]*\n {11}\S/);
    expect(others.join(' ').replaceAll(/ +/g, ' ')).toContain('partition edge:ap-south<->kafka for');
  });

  it('says of a mystery what is known of its bug by now, and how to go on', () => {
    const suspects = [{ name: 'torn-entry', about: 'two in one' }];
    const saidOf = (mystery: MysteryView) =>
      farewell(ended({ state: { ...PLAYED, mystery } }), { hidden: { again: 'edgesync-lab mystery --seed 7' } });
    expect(saidOf({ suspects, wrong: ['a'] }).slice(-2)).toEqual([
      '  bug      not found yet, 1 wrong guess',
      '  again    edgesync-lab mystery --seed 7',
    ]);
    const witness = { check: 'divergence', explain: 'expected 1, got 2', again: 'edgesync-lab run x' };
    const answer = { name: 'torn-entry', about: 'two in one', caughtBy: [], shownBy: 'x', wasFound: true, witness };
    expect(saidOf({ suspects, wrong: [], answer }).slice(-3)).toEqual([
      '  bug      torn-entry: two in one, found after 0 wrong guesses',
      '  witness  divergence: expected 1, got 2',
      '  shown by edgesync-lab run x',
    ]);
    expect(saidOf({ suspects, wrong: [], answer: { ...answer, wasFound: false } }).join()).not.toContain('found');
  });

  it('names the scenarios that ran, and counts how they ended', () => {
    const ran = [
      { id: 'stampede', verdict: 'fail', exitCode: 1 },
      { id: 'burst', verdict: 'aborted', exitCode: 105 },
    ] as const;
    expect(farewell(ended({ state: { ...PLAYED, ran } }))).toContain('  runs     stampede fail, burst aborted');
    expect(exitCodeFor(ended({ state: { ...PLAYED, ran } }))).toBe(1);
    expect(exitCodeFor(ended({ state: { ...PLAYED, ran: ran.slice(1) } }))).toBe(0);
  });

  it('names what could not be healed, and what outlives it', () => {
    expect(farewell(ended({ left: ['edge:us-east is cut'] })).at(-1)).toBe('  left     could not heal: edge:us-east is cut');
    const stays = ended({ state: { ...PLAYED, staysUp: true } });
    expect(farewell(stays).at(-1)).toMatch(/the cluster still runs, edgesync-lab down removes it$/);
    expect(farewell(stays, { project: 'mine' }).at(-1)).toMatch(/edgesync-lab down --project mine removes it$/);
    const abandoned = { left: [], backend: 'docker', project: 'mine' } as const;
    expect(abandonedLines(abandoned)[0]).toMatch(
      /edgesync-lab heal --project mine heals the cluster, edgesync-lab down --project mine removes it$/,
    );
  });
});

describe('the exit code', () => {
  it.each([
    [ended(), 0],
    [ended({ by: 'interrupt' }), 105],
    [ended({ state: violated }), 1],
    [ended({ by: 'interrupt', state: violated }), 1],
    [ended({ left: ['x'], state: violated }), 111],
    [ended({ by: 'abandoned', left: ['x'] }), 105],
    [ended({ by: 'lost', state: { ...violated, lost: { why: '', exitCode: 107 } } }), 107],
  ])('is that of the worst: case %#', (end, code) => {
    expect(exitCodeFor(end)).toBe(code);
  });
});
