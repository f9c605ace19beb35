/** The mystery: what a guess says, and that every bug comes with a witness of its own. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MUTANTS, mutantNamed } from '../mutants/mutants.ts';
import { readTopology } from '../topology/topology.ts';
import { Mystery } from './mystery.ts';
import type { LiveEvent, MysteryView, Told } from './protocol.ts';
import { COMPOSE } from './testing/embedded-lab.ts';

const SCENARIOS = new Map(MUTANTS.map(({ shownBy }) => [shownBy, fileURLToPath(new URL(`../scenarios/${shownBy}.yaml`, import.meta.url))]));
const topology = await readTopology({ file: COMPOSE, environment: {} });

function begun(name: string) {
  const told: MysteryView[] = [];
  const tell = (event: Told<LiveEvent>) => void (event.type === 'mystery' && told.push(event.mystery));
  const catalogue = { files: SCENARIOS, version: '0', topology: async () => topology };
  return { told, mystery: new Mystery({ mutant: mutantNamed(name), catalogue, tell }) };
}

describe('a mystery', () => {
  it('names its suspects and does not name the one', () => {
    const { told } = begun('torn-entry');
    expect(told).toEqual([{ suspects: MUTANTS.map(({ name, about }) => ({ name, about })), wrong: [] }]);
  });

  it('keeps wrong guesses, each once, and knows the right one', async () => {
    const { told, mystery } = begun('torn-entry');
    for (const name of ['unfenced-fill', 'unfenced-fill', 'soft-purges']) await mystery.guess(name);
    expect(told.at(-1)).toMatchObject({ wrong: ['unfenced-fill', 'soft-purges'] });
    expect(told.at(-1)?.answer).toBeUndefined();
    await expect(mystery.guess('torn-entri')).rejects.toThrow(/did you mean torn-entry\?/);
    await mystery.guess('torn-entry');
    expect(told.at(-2)?.answer).toMatchObject({ name: 'torn-entry', wasFound: true });
    expect(told.at(-2)?.answer?.witness).toBeUndefined();
    expect(told.at(-1)?.answer).toMatchObject({ name: 'torn-entry', wasFound: true, witness: { check: expect.any(String) } });
    await expect(mystery.guess('torn-entry')).rejects.toThrow('the bug is known: torn-entry');
    await expect(mystery.giveUp()).rejects.toThrow('the bug is known: torn-entry');
  });

  it.each(MUTANTS.map(({ name }) => name))('tells whoever gives up that it is %s, with what a check found', async (name) => {
    const { told, mystery } = begun(name);
    await mystery.giveUp();
    const { caughtBy, shownBy } = mutantNamed(name);
    const answer = told.at(-1)?.answer;
    expect(answer).toMatchObject({ name, wasFound: false, shownBy });
    expect(caughtBy).toContain(answer?.witness?.check);
    expect(answer?.witness?.explain).toMatch(/\w+ \w+/);
    expect(answer?.witness?.again).toMatch(new RegExp(`^edgesync-lab run ${shownBy} --backend simulated --mutant ${name} --seed \\d+$`));
  });
});
