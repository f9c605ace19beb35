/** The command line: what is completed, what is done, what is refused and how. */
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../../lab/faults/faults.ts';
import { topOf, type ViewState } from '../state/state.ts';
import { fault, observed, pressed, ready, stateAfter, typed } from '../testing/view.ts';
import { COMMANDS, candidatesFor, runCommand } from './run.ts';
import { parametersOf, targetsOf } from './targets.ts';

const cut = fault({ id: 'f7', fault: 'partition', target: 'edge:us-east<->kafka' });
const PLAYING = stateAfter(ready(), observed(), { type: 'faults', t: 1, inForce: [cut] });
const commandsOf = (text: string, state: ViewState = PLAYING) => {
  const done = runCommand(text, state);
  if ('problem' in done) return done.problem;
  return done.actions.flatMap((action) => (action.type === 'sent' ? [action.command] : [])).at(0) ?? done.actions.at(0);
};

describe('the command line', () => {
  it.each([
    ['write', { do: 'write', count: 1 }],
    ['burst 10', { do: 'write', count: 10 }],
    ['load 100', { do: 'load', readsPerSecond: 100 }],
    ['load 100/s 5', { do: 'load', readsPerSecond: 100, writesPerSecond: 5 }],
    ['strategy eu-west eager', { do: 'configure', region: 'eu-west', strategy: 'eager' }],
    ['delay ap-south 1.5s', { do: 'configure', region: 'ap-south', propagationDelayMs: 1_500 }],
    ['lease ap-south 5s', { do: 'configure', region: 'ap-south', freshnessLeaseMs: 5_000 }],
    ['lease ap-south 24h', { do: 'configure', region: 'ap-south', freshnessLeaseMs: 86_400_000 }],
    ['lease eu-west off', { do: 'configure', region: 'eu-west', freshnessLeaseMs: 0 }],
    ['partition edge:eu-west<->kafka for 10s', { do: 'inject', fault: 'partition', target: 'edge:eu-west<->kafka', forMs: 10_000 }],
    ['pause edge:*', { do: 'inject', fault: 'pause', target: 'edge:*' }],
    [
      'latency origin<->kafka latency=200ms',
      { do: 'inject', fault: 'latency', target: 'origin<->kafka', parameters: { latency: '200ms' } },
    ],
    ['heal', { do: 'heal-all' }],
    ['heal edge:us-east<->kafka', { do: 'heal', id: 'f7' }],
    ['undo', { do: 'heal', id: 'f7' }],
    ['trace content:2', { do: 'trace', id: 2 }],
    ['quit', { type: 'leave', by: 'quit' }],
    ['run stampede', { do: 'run', scenario: 'stampede' }],
    ['filter eu west', { type: 'filter', text: 'eu west' }],
    ['zoom eu-west', { type: 'select', index: 1 }],
  ])('%s does it', (text, command) => {
    expect(commandsOf(text)).toEqual(command);
  });

  it.each([
    ['brust 3', /did you mean burst\?/],
    ['delay eu-wset 1s', /did you mean eu-west\?/],
    ['delay eu-west soon', /expected a delay such as/],
    ['strategy eu-west lasy', /did you mean lazy\?/],
    ['partition edge:eu-wets<->kafka', /did you mean eu-west\?/],
    ['partition edge:eu-west<->kafak', /did you mean kafka\?/],
    ['partition', /expected a target/],
    ['latency origin<->kafka', /latency: /],
    ['latency origin<->kafka latancy=1s', /did you mean latency\?/],
    ['latency origin<->kafka 5', /expected a parameter such as/],
    ['partition origin<->kafka for ever', /for: expected a duration/],
    ['bandwidth origin<->kafka rate=8', /only in docker/],
    ['flush redis:eu-west for 5s', /is over at once/],
    ['write -1', /expected a number of writes/],
    ['burst 100000', /expected a number of writes/],
    ['load fast', /expected reads a second/],
    ['heal f9', /expected a fault in force/],
    ['run', /expected a scenario/],
    ['toString', /no command/],
    ['lease eu-west 0.4ms', /expected a lease such as 5s/],
    ['lease eu-west 25h', /at most 24 h, got 25h/],
    ['lease eu-west 5s 6s', /lease <region> <time\|off>: takes no more words, got 6s/],
    ['undo all', /undo: takes no more words, got all/],
    ['write 3 4', /write \[n\]: takes no more words, got 4/],
    ['partition origin<->kafka for 5s 6s', /partition: expected nothing after for 5s, got 6s/],
    ['latency origin<->kafka latency=1s latency=2s', /latency: expected latency once, got latency=2s/],
  ])('%s is refused with a remedy', (text, says) => {
    expect(commandsOf(text)).toMatch(says);
  });

  it('opens the tour with the settings that it speaks of', () => {
    const done = runCommand('tour', PLAYING);
    expect('problem' in done ? [] : done.actions).toMatchObject([
      { type: 'open', screen: { screen: 'tour' } },
      { type: 'sent' },
      { type: 'sent' },
      { type: 'sent' },
    ]);
  });

  it('asks before what destroys, as the keys do', () => {
    expect(commandsOf('kill edge:eu-west')).toMatchObject({ type: 'open', screen: { screen: 'confirm' } });
  });

  it('completes words, targets, parameters and times', () => {
    expect(candidatesFor('de', PLAYING)).toEqual(['delay']);
    expect(candidatesFor('delay ', { ...PLAYING, selected: 1 })).toEqual(['eu-west', 'us-east', 'ap-south']);
    expect(candidatesFor('partition edge:eu', PLAYING)).toEqual(['edge:eu-west<->kafka', 'edge:eu-west<->origin']);
    expect(candidatesFor('latency origin<->kafka ', PLAYING)).toEqual(['latency=200ms', 'jitter=0ms', 'for']);
    expect(candidatesFor('partition origin<->kafka for ', PLAYING)).toContain('10s');
    expect(candidatesFor('nonsense ', PLAYING)).toEqual([]);
  });

  it('goes through candidates with Tab, and takes the only one', () => {
    const text = (state: ViewState) => {
      const top = topOf(state);
      return top.screen === 'command' ? top.prompt.text : undefined;
    };
    const begun = typed(pressed(PLAYING, ':'), 'de');
    expect(text(pressed(begun, 'tab'))).toBe('delay ');
    const regions = typed(pressed(begun, 'tab'), '');
    expect(text(pressed(regions, 'tab'))).toBe('delay us-east');
    expect(text(['tab', 'tab'].reduce(pressed, regions))).toBe('delay eu-west');
    expect(text(['tab', 'shift+tab', 'shift+tab'].reduce(pressed, regions))).toBe('delay eu-west');
  });

  it('keeps what is wrong open with what is wrong, closes after what is right, and remembers that', () => {
    const wrong = pressed(typed(pressed(PLAYING, ':'), 'brust'), 'return');
    expect(topOf(wrong)).toMatchObject({ screen: 'command', prompt: { text: 'brust', problem: expect.stringContaining('burst') } });
    const right = pressed(typed(['ctrl+u'].reduce(pressed, wrong), 'filter eu'), 'return');
    expect(right).toMatchObject({ screens: [{ screen: 'overview' }], filter: 'eu', commands: ['filter eu'] });
    expect(topOf([':', 'up'].reduce(pressed, right))).toMatchObject({ prompt: { text: 'filter eu' } });
    expect(topOf([':', 'up', 'down'].reduce(pressed, right))).toMatchObject({ prompt: { text: '' } });
  });

  it('has every fault of the table, and each with the defaults of its parameters is one that can be', () => {
    for (const found of FAULTS.values()) {
      expect(COMMANDS.some(({ word }) => word === found.name)).toBe(true);
      const given = parametersOf(found);
      expect(Object.keys(found.form)).toEqual(given.map(({ name }) => name));
      expect(found.parameters.safeParse(Object.fromEntries(given.map(({ name, value }) => [name, value]))).success).toBe(true);
      expect(targetsOf(found, PLAYING).length).toBeGreaterThan(0);
    }
  });
});
