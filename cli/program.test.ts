/** What is said of a word on the command line that is none of those that there are. */
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { NO_CONFIG } from './config-file.ts';
import { createProgram } from './program.ts';
import { silentSession } from './testing/silent-session.ts';

async function refusalOf(argv: readonly string[]): Promise<string> {
  const said: string[] = [];
  const program = await createProgram(silentSession(argv), NO_CONFIG);
  for (const command of [program, ...program.commands]) command.configureOutput({ writeErr: (text) => said.push(text) });
  await expect(program.parseAsync([...argv], { from: 'user' })).rejects.toBeInstanceOf(CommanderError);
  return said.join('').split('\n')[0] ?? '';
}

describe('a word that is none of the choices', () => {
  it.each([
    [['list', 'fautls'], /^error: expected one of scenarios, faults, .*, got fautls; did you mean faults\?$/],
    [['list', 'zzzzzzzz'], /^error: expected one of scenarios, faults, .*, got zzzzzzzz$/],
    [['--theme', 'drak'], /^error: --theme <name>: expected one of dark, light, colour-blind, got drak; did you mean dark\?$/],
    [['lst'], /^error: no command "lst"; there are run, .*; did you mean list\?$/],
    [['run', 'baseline', '--duration', 'x'], /^error: option '--duration/],
  ])('is refused with the choices, and with the nearest: %j', async (argv, says) => {
    expect(await refusalOf(argv)).toMatch(says);
  });
});
