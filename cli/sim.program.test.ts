import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../lab/mutants/mutants.ts';
import { labEvent } from '../lab/report/events.ts';
import { startProgram } from './testing/process.ts';

const eventsOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => labEvent.parse(JSON.parse(line)));

describe.concurrent('sim', () => {
  it('ends with 0 when every seed passes, and says how to do it again', async () => {
    const env = { CIRCUIT_BREAKER: 'on', ADMIN_TOKEN: 'hidden' };
    const { code, stdout } = await startProgram(['sim', '--seeds', '1..3', '--jobs', '1'], { env }).ended;
    expect(stdout).toMatch(/^PASS \(3 seeds, /m);
    expect(stdout).toContain('again: CIRCUIT_BREAKER=on npx edgesync-lab sim --seeds 1..3');
    expect(code).toBe(0);
  });

  it('ends with 1 at the first seed that fails, with its anomaly and the command that shows it again', async () => {
    const words = ['sim', '--seeds', '1..50', '--mutant', 'offset-one-too-far', '--jobs', '2', '--json'];
    const { code, stdout } = await startProgram(words).ended;
    const events = eventsOf(stdout);
    const summary = events.at(-1);
    expect(events.map(({ type }) => type)).toEqual(['Start', ...events.slice(1, -1).map(() => 'Anomaly'), 'Summary']);
    expect(events.length).toBeGreaterThan(2);
    expect(summary).toMatchObject({ type: 'Summary', verdict: 'fail', exitCode: 1 });
    expect(code).toBe(1);
    const again = summary?.type === 'Summary' ? summary.reproduce.split(' ').slice(1) : [];
    expect(again).toContain('offset-one-too-far');
    expect((await startProgram(again).ended).code).toBe(1);
  });

  it('ends in order with what it has when it is stopped', async () => {
    const program = startProgram(['sim', '--seeds', '1..100000', '--jobs', '2']);
    await program.says('seeds, ');
    program.child.kill('SIGINT');
    const { code, stdout } = await program.ended;
    expect(stdout).toMatch(/^STOPPED \(\d+ seeds, /m);
    expect(code).toBe(105);
  });

  it('runs each seed twice and says that they are the same', async () => {
    const { code, stdout } = await startProgram(['sim', '--seeds', '4..5', '--check-determinism']).ended;
    expect(stdout).toContain('2 seeds run twice, with equal histories');
    expect(code).toBe(0);
  });

  it('says so in NDJSON, and nothing else, where that is asked for', async () => {
    const { code, stdout } = await startProgram(['sim', '--seeds', '4', '--check-determinism', '--json']).ended;
    const events = eventsOf(stdout);
    expect(events.map(({ type }) => type)).toEqual(['Start', 'Summary']);
    const checks = [{ check: 'determinism', verdict: 'pass', reason: '1 seed run twice, with equal histories', anomalies: 0 }];
    const reproduce = 'edgesync-lab sim --check-determinism --seeds 4';
    expect(events.at(-1)).toMatchObject({ verdict: 'pass', exitCode: 0, checks, reproduce });
    expect(code).toBe(0);
  });

  it.each([
    ['a range that goes back', ['--seeds', '5..1'], 'Expected a seed or a range'],
    ['no regions', ['--regions', '0'], 'Expected a whole number from 1 to 300'],
    ['a mutant that there is not', ['--mutant', 'unfenced-fil'], 'unfenced-fill'],
    [
      'one mutant and all of them',
      ['--mutants', '--mutant', 'unfenced-fill'],
      '--mutants: cannot be combined with --mutant or --check-determinism',
    ],
    [
      'all mutants, and each seed twice',
      ['--mutants', '--check-determinism'],
      '--mutants: cannot be combined with --mutant or --check-determinism',
    ],
  ])('refuses %s with 104', async (_what, words, said) => {
    const { code, stderr } = await startProgram(['sim', ...words]).ended;
    expect(stderr).toContain(said);
    expect(code).toBe(104);
  });
});

/** Loaded before every process of the program: one that simulates the mutant ends when it is given seeds. */
function endingWith(mutant: string): NodeJS.ProcessEnv {
  const code = `let mutant;
    if (process.send) process.prependListener('message', (message) => {
      if (message.type === 'setup') mutant = message.setup.mutant;
      else if (mutant === '${mutant}') throw new Error('out of everything');
    });`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

const MUTANTS_MS_MAX = 900_000;

describe.concurrent('sim --mutants', () => {
  it('ends with 1 when a mutant survives, and says so beside those that are caught', { timeout: MUTANTS_MS_MAX }, async () => {
    const { code, stdout, stderr } = await startProgram(['sim', '--mutants', '--seeds', '2', '--jobs', '1']).ended;
    expect(stdout).toMatch(/^mutant +caught by +first seed +seeds +mean seeds +by others only +crashed$/m);
    expect(stdout).toMatch(/^\S+ +SURVIVES +- +0 of 1 +- +\d +-$/m);
    expect(stdout).toMatch(/^\S+ +[a-z-]+ +2 +1 of 1 +1 +0 +-$/m);
    expect(stdout).toContain('the real protocol on the same 1 seed: clean');
    expect(stdout).toContain('again: npx edgesync-lab sim --mutants --seeds 2');
    expect(stderr).toMatch(/^[a-z-]+: \d+ of 23 seeds, /m);
    expect(code).toBe(1);
  });

  it('tells every mutant in its order, with what its seeds came to', { timeout: MUTANTS_MS_MAX }, async () => {
    const { stdout, stderr } = await startProgram(['sim', '--mutants', '--seeds', '190..191', '--jobs', '2', '--json']).ended;
    expect(stderr).not.toContain('crashed');
    const events = eventsOf(stdout);
    expect(events.map(({ type }) => type)).toEqual(['Start', ...MUTANTS.map(() => 'Mutant'), 'Summary']);
    const mutants = events.filter((event) => event.type === 'Mutant');
    expect(mutants.map(({ mutant }) => mutant)).toEqual(MUTANTS.map(({ name }) => name));
    expect(mutants.map(({ seeds, crashed }) => [seeds, ...crashed])).toEqual(MUTANTS.map(() => [2]));
    expect(events.at(-1)).toMatchObject({ status: 'completed', reproduce: 'edgesync-lab sim --mutants --seeds 190..191' });
  });

  it('tells a mutant that ends its process as crashed, goes on with the others, and ends with 107', {
    timeout: MUTANTS_MS_MAX,
  }, async () => {
    const words = ['sim', '--mutants', '--seeds', '1..2', '--jobs', '2'];
    const { code, stdout, stderr } = await startProgram(words, { env: endingWith('torn-entry') }).ended;
    expect(stdout).toMatch(/^torn-entry +CRASHED +- +0 of 2 +- +0 +1 2$/m);
    expect(stdout).toMatch(/^unnoticed-return +\S+ /m);
    expect(stdout.match(/CRASHED/g)).toHaveLength(1);
    expect(stderr).toContain('torn-entry: seed 1 crashed: a process that simulates ended (exit 1): Error: out of everything');
    expect(code).toBe(107);
  });

  it('tells what it knows when it is stopped, and what was not run', { timeout: MUTANTS_MS_MAX }, async () => {
    const program = startProgram(['sim', '--mutants', '--seeds', '1..4', '--jobs', '1']);
    await program.says('publish-without-outbox: ');
    program.child.kill('SIGINT');
    const { code, stdout } = await program.ended;
    expect(stdout).toMatch(/^publish-without-outbox +\S+ /m);
    expect(stdout).toMatch(new RegExp(`^not run: .*${MUTANTS.at(-1)?.name}$`, 'm'));
    expect(stdout).toContain('the real protocol on the same 4 seeds: ');
    expect(code).toBe(105);
  });
});
