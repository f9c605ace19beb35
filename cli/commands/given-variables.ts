/**
 * Variables of the environment that the topology takes: they change what runs, so a command that runs the same again
 * names them.
 */
import { readFile } from 'node:fs/promises';
import { type Variables, variablesIn } from '../../lab/topology/interpolation.ts';
import { COMPOSE_FILE } from '../program-files.ts';
import { toCommand, toWord } from '../quote.ts';

/** A secret is not printed, and what runs is the same at any port. */
const LEFT_OUT = /TOKEN|PASSWORD|SECRET|_PORT$/;

/**
 * `compose`: a file that only says what differs from that of the program takes the variables of both. Whoever cannot
 * read it says so elsewhere.
 */
export async function givenVariables(compose: string, variables: Variables): Promise<ReadonlyMap<string, string>> {
  const texts = await Promise.all([...new Set([COMPOSE_FILE, compose])].map((file) => readFile(file, 'utf8').catch(() => '')));
  const given = new Map<string, string>();
  for (const name of texts.flatMap(variablesIn)) {
    const value = variables[name] ?? '';
    if (value !== '' && !LEFT_OUT.test(name)) given.set(name, value);
  }
  return given;
}

/** For a shell. */
export function toCommandWith(given: ReadonlyMap<string, string> | undefined, words: readonly string[]): string {
  const assignments = [...(given ?? [])].map(([name, value]) => `${name}=${toWord(value)}`);
  return [...assignments, toCommand(words)].join(' ');
}
