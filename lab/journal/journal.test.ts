import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal, type JournalEntry, stateFolder } from './journal.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-'));
});
afterEach(() => rm(folder, { recursive: true }));

const entryOf = (id: string): JournalEntry => ({ id, says: `${id} is paused`, undo: { do: 'resume', container: id } });

describe('the crash journal', () => {
  it('has on disk what was written, when it was written, and no longer what was struck out', async () => {
    const journal = await Journal.open(folder);
    await journal.write(entryOf('a'));
    expect((await Journal.open(folder)).entries).toEqual([entryOf('a')]);
    await Promise.all([journal.write(entryOf('b')), journal.write(entryOf('c'))]);
    await journal.strike('a');
    await journal.strike('nothing');
    expect((await Journal.open(folder)).entries).toEqual([entryOf('b'), entryOf('c')]);
    await journal.clear();
    expect((await Journal.open(folder)).entries).toEqual([]);
  });

  it('keeps the first undo of a thing: it is the one that leads back', async () => {
    const journal = await Journal.open(folder);
    await journal.write(entryOf('a'));
    await expect(journal.write({ ...entryOf('a'), undo: { do: 'start', container: 'x' } })).rejects.toThrow(
      /already, by an earlier command/,
    );
    expect((await Journal.open(folder)).entries).toEqual([entryOf('a')]);
  });

  it('has one thing replaced by what undoes it now, and nothing that was never written', async () => {
    const journal = await Journal.open(folder);
    await journal.write(entryOf('a'));
    const undo = { do: 'configure', region: 'eu-west', change: { strategy: 'lazy' } } as const;
    const layers = [{ layer: 'fault strategy', change: { strategy: 'eager' } } as const];
    const changed: JournalEntry = { ...entryOf('a'), undo: { ...undo, layers } };
    await journal.replace(changed);
    expect((await Journal.open(folder)).entries).toEqual([changed]);
    await expect(journal.replace(entryOf('b'))).rejects.toThrow(/nothing to replace/);
    // As an older lab wrote it.
    await journal.replace({ ...entryOf('a'), undo });
    expect((await Journal.open(folder)).entries).toEqual([{ ...entryOf('a'), undo }]);
  });

  it('is for its owner alone, and leaves no half-written file', async () => {
    await (await Journal.open(folder)).write(entryOf('a'));
    expect(await readdir(folder)).toEqual(['journal.json']);
    expect((await stat(join(folder, 'journal.json'))).mode & 0o777).toBe(0o600);
  });

  it.each(['', '{"version":1,"entries":[{"id":1}]}', '{"version":2,"entries":[]}'])(
    'that cannot be read (%j) is not taken for an empty one',
    async (text) => {
      await writeFile(join(folder, 'journal.json'), text);
      await expect(Journal.open(folder)).rejects.toThrow(/cannot be read, so the faults in this journal are unknown/);
      expect(await readFile(join(folder, 'journal.json'), 'utf8')).toBe(text);
    },
  );

  it.each([
    [
      'a key twice',
      '{"version":1,"entries":[{"id":"a","says":"x","undo":{"do":"start","container":"one","container":"two"}}]}',
      'entries.0.undo.container: expected each key once',
    ],
    [
      'a list twice',
      '{"version":1,"entries":[{"id":"a","says":"x","undo":{"do":"start","container":"one"}}],"entries":[]}',
      'entries: expected each key once',
    ],
    [
      'a number no double holds',
      '{"version":1.00000000000000000001,"entries":[]}',
      'version: expected a number that a double holds exactly',
    ],
    [
      'bytes that are no text',
      Buffer.from('{"version":1,"entries":[{"id":"a","says":"\xff","undo":{"do":"start","container":"one"}}]}', 'latin1'),
      'expected JSON in UTF-8',
    ],
  ])('that another program wrote, with %s, is refused and told why', async (_what, text, why) => {
    await writeFile(join(folder, 'journal.json'), text);
    await expect(Journal.open(folder)).rejects.toThrow(why);
    await expect(Journal.open(folder)).rejects.toThrow(/cannot be read, so the faults in this journal are unknown/);
  });

  it('lies in XDG_STATE_HOME, else below the home folder, by project', () => {
    expect(stateFolder('two', { XDG_STATE_HOME: '/state' })).toBe('/state/edgesync-lab/two');
    expect(stateFolder('two', { HOME: '/home/me', XDG_STATE_HOME: '' })).toBe('/home/me/.local/state/edgesync-lab/two');
  });
});
