/** The configuration file: what it may say, and how it is told what it may not. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InvalidInput } from '../lab/errors.ts';
import { readConfigFile } from './config-file.ts';
import { systemEnvironment } from './environment.ts';
import { createProgram } from './program.ts';
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

describe('the configuration file', () => {
  it('need not be there, nor say anything', async () => {
    expect((await readConfigFile({ variables: { XDG_CONFIG_HOME: home } })).options.size).toBe(0);
    expect((await withFile('')).options.size).toBe(0);
  });

  it.each([
    ['theme: light\nbakend: docker\n', /config\.yaml:2: bakend: no such key .*did you mean backend\?/],
    ['theme: light\nascii: maybe\n', /config\.yaml:2: ascii: expected true or false/],
    ['keys: { write: ww }\n', /config\.yaml:1: keys\.write: expected one character/],
    ['- a list\n', /config\.yaml:1: /],
    ['theme: [\n', /config\.yaml/],
  ])('%j is refused by file and line', async (text, says) => {
    await expect(withFile(text)).rejects.toThrow(says);
    await expect(withFile(text)).rejects.toBeInstanceOf(InvalidInput);
  });
});

describe('what it says', () => {
  const optionsOf = async (text: string, argv: readonly string[]) => {
    const nothing = () => {};
    const outlet = { write: nothing, writeSpare: nothing, isFree: true, whenFree: nothing };
    const session = {
      environment: { ...systemEnvironment, variables: {} },
      output: {
        typed: (text: string) => text,
        line: nothing,
        note: nothing,
        log: nothing,
        progress: { everyMs: 1, tell: nothing, end: nothing },
        hold: () => nothing,
      },
      outlets: { stdout: outlet, stderr: outlet, taken: async () => true, takenSoon: async () => {} },
      signal: new AbortController().signal,
      version: '0.0.0',
      argv,
      exitWith: nothing,
      onAbandon: nothing,
      leave: nothing,
      end: async () => {},
    };
    const program = await createProgram(session, await withFile(text));
    const [run] = program.commands;
    if (run === undefined) throw new Error('expected a command');
    run.action(() => {});
    await program.parseAsync([...argv], { from: 'user' });
    return run.opts();
  };

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
    if ('problem' in keys) throw new Error(keys.problem);
    expect(keys.keys.find(({ name }) => name === 'write')).toMatchObject({ keys: ['W'], shown: 'W' });
    expect(rebound(new Map([['write', 'b']]))).toMatchObject({ name: 'write', problem: 'b is the key of burst already' });
    expect(rebound(new Map([['wirte', 'W']]))).toMatchObject({ problem: expect.stringContaining('did you mean write?') });
    expect(rebound(new Map([['zoom', 'Z']]))).toMatchObject({
      keys: expect.arrayContaining([expect.objectContaining({ keys: ['Z', 'return'] })]),
    });
  });
});
