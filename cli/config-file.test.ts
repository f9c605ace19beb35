/** The configuration file: what it may say, and how it is told what it may not. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InvalidInput } from '../lab/errors.ts';
import { readConfigFile } from './config-file.ts';
import { createProgram } from './program.ts';
import { silentSession } from './testing/silent-session.ts';
import { rebound } from './view/keys/rebound.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'edgesync-config-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function withFile(text: string) {
  await mkdir(join(home, 'edgesync-lab'), { recursive: true });
  await writeFile(join(home, 'edgesync-lab', 'config.yaml'), text);
  return readConfigFile({ variables: { XDG_CONFIG_HOME: home } });
}

async function programWith(text: string, argv: readonly string[]) {
  return createProgram(silentSession(argv), await withFile(text));
}

async function optionsOf(text: string, argv: readonly string[]) {
  const program = await programWith(text, argv);
  const [run] = program.commands;
  if (run === undefined) throw new Error('expected a command');
  run.action(() => {});
  await program.parseAsync([...argv], { from: 'user' });
  return run.opts();
}

describe('the configuration file', () => {
  it('need not be there, nor say anything', async () => {
    expect((await readConfigFile({ variables: { XDG_CONFIG_HOME: home } })).options.size).toBe(0);
    expect((await withFile('')).options.size).toBe(0);
  });

  it.each([
    ['colors: { warnin: red }\n', /config\.yaml:1: colors\.warnin: .*warning/],
    ['colors: { warning: orange }\n', /config\.yaml:1: colors\.warning: expected #rrggbb, or red, .*got "orange"/],
    ['theme: light\nbakend: docker\n', /config\.yaml:2: bakend: no such key .*did you mean backend\?/],
    ['theme: light\nascii: maybe\n', /config\.yaml:2: ascii: expected true or false/],
    ['keys: { write: ww }\n', /config\.yaml:1: keys\.write: expected one character/],
    ['- a list\n', /config\.yaml:1: /],
    ['theme: [\n', /config\.yaml/],
  ])('%j is refused by file and line', async (text, says) => {
    await expect(programWith(text, ['list'])).rejects.toThrow(says);
    await expect(programWith(text, ['list'])).rejects.toBeInstanceOf(InvalidInput);
  });

  it('is looked at further where an entry of a map is wrong', async () => {
    const mistakes = 'keys:\n  writ: W\n  cut: zzz\n  burst: f\ncolors:\n  good: nocolour\n  bed: red\n';
    const refused = await programWith(mistakes, ['run']).catch((error: unknown) => String(error));
    expect(
      String(refused)
        .replace(/[^\n]*config\.yaml/g, 'config.yaml')
        .split('\n'),
    ).toEqual([
      expect.stringMatching(/^config\.yaml:2: keys\.writ: no such key .*did you mean write/),
      expect.stringMatching(/^config\.yaml:3: keys\.cut: expected one character/),
      'config.yaml:4: keys.burst: f is the key of faults already',
      expect.stringMatching(/^config\.yaml:6: colors\.good: expected #rrggbb/),
      expect.stringMatching(/^config\.yaml:7: colors\.bed: no such key .*did you mean bad/),
    ]);
  });

  it('is refused with all its mistakes at once, each with its line', async () => {
    const mistakes = 'bakend: docker\ntheme: purple\nseed: 7\nkeys: { writ: W, cut: b }\ncolors: { good: "#12" }\n';
    const refused = await programWith(mistakes, ['run']).catch((error: unknown) => String(error));
    expect(
      String(refused)
        .replace(/[^\n]*config\.yaml/g, 'config.yaml')
        .split('\n'),
    ).toEqual([
      expect.stringMatching(/^config\.yaml:1: bakend: no such key/),
      'config.yaml:2: theme: expected one of dark, light, colour-blind, got purple',
      expect.stringMatching(/^config\.yaml:4: keys\.writ: no such key .*did you mean write/),
      'config.yaml:4: keys.cut: b is the key of burst already',
      expect.stringMatching(/^config\.yaml:5: colors\.good: expected #rrggbb/),
    ]);
  });
});

describe('what it says', () => {
  it('is what an option is when no flag says otherwise', async () => {
    expect(await optionsOf('backend: embedded\nseed: 7\nduration: 5s\n', ['run', 'baseline'])).toMatchObject({
      backend: 'embedded',
      seed: 7,
      duration: 5_000,
    });
    expect(await optionsOf('seed: 7\n', ['run', 'baseline', '--seed', '8'])).toMatchObject({ seed: 8 });
  });

  it('is refused by file and line where the option would refuse it', async () => {
    await expect(optionsOf('theme: light\nbackend: cloud\n', ['run', 'baseline'])).rejects.toThrow(/config\.yaml:2: backend: .*embedded/);
  });

  it('gives keys of the terminal another character, but not one that is taken', () => {
    const keys = rebound(new Map([['write', 'W']]));
    if ('problems' in keys) throw new Error('expected keys');
    expect(keys.keys.find(({ name }) => name === 'write')).toMatchObject({ keys: ['W'], shown: 'W' });
    expect(rebound(new Map([['write', 'b']]))).toEqual({ problems: [{ name: 'write', problem: 'b is the key of burst already' }] });
    expect(rebound(new Map([['wirte', 'W']]))).toEqual({
      problems: [{ name: 'wirte', problem: expect.stringContaining('did you mean write?') }],
    });
    expect(rebound(new Map([['zoom', 'Z']]))).toMatchObject({
      keys: expect.arrayContaining([expect.objectContaining({ keys: ['Z', 'return'] })]),
    });
  });
});
