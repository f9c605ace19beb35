/** Every known bug on more seeds than `sim.program.test.ts` has time for. */
import { expect, it } from 'vitest';
import { MUTANTS } from '../lab/mutants/mutants.ts';
import { labEvent } from '../lab/report/events.ts';
import { startProgram } from './testing/process.ts';

const MUTANTS_MS_MAX = 900_000;

const eventsOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => labEvent.parse(JSON.parse(line)));

it('sim --mutants comes to its end on seeds on which an assignment cannot be answered', { timeout: MUTANTS_MS_MAX }, async () => {
  const { stdout, stderr } = await startProgram(['sim', '--mutants', '--seeds', '190..200', '--jobs', '2', '--json']).ended;
  expect(stderr).not.toContain('crashed');
  const events = eventsOf(stdout);
  expect(events.map(({ type }) => type)).toEqual(['Start', ...MUTANTS.map(() => 'Mutant'), 'Summary']);
  const mutants = events.filter((event) => event.type === 'Mutant');
  expect(mutants.map(({ mutant }) => mutant)).toEqual(MUTANTS.map(({ name }) => name));
  expect(mutants.map(({ seeds, crashed }) => [seeds, ...crashed])).toEqual(MUTANTS.map(() => [11]));
  expect(events.at(-1)).toMatchObject({ status: 'completed', reproduce: 'edgesync-lab sim --mutants --seeds 190..200' });
});
