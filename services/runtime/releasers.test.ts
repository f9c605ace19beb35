import { describe, expect, it } from 'vitest';
import { createReleasers, withReleasers } from './releasers.ts';

describe('releasers', () => {
  it('undo in reverse, one after the other, each once', async () => {
    const undone: string[] = [];
    const releasers = createReleasers();
    for (const name of ['first', 'second', 'third']) {
      releasers.push(async () => {
        undone.push(`${name} begins`);
        await Promise.resolve();
        undone.push(`${name} ends`);
      });
    }
    await releasers.release();
    await releasers.release();
    expect(undone).toEqual(['third begins', 'third ends', 'second begins', 'second ends', 'first begins', 'first ends']);
  });

  it('undo the rest when one fails, and throw the first failure', async () => {
    const undone: string[] = [];
    const releasers = createReleasers();
    releasers.push(() => void undone.push('first'));
    releasers.push(() => Promise.reject(new Error('second')));
    releasers.push(() => {
      throw new Error('third');
    });
    await expect(releasers.release()).rejects.toThrow('third');
    expect(undone).toEqual(['first']);
  });

  it('leave what was opened alone when all went well', async () => {
    const undone: string[] = [];
    expect(await withReleasers(async (releasers) => releasers.push(() => void undone.push('x')))).toBeUndefined();
    expect(undone).toEqual([]);
  });

  it.each([
    ['released', () => {}],
    ['released, and that fails too', () => Promise.reject(new Error('could not be released'))],
  ])('say why the opening failed once what was acquired is %s', async (_title, release) => {
    let released = 0;
    const opened = withReleasers(async (releasers) => {
      releasers.push(() => {
        released += 1;
        return release();
      });
      throw new Error('could not be opened');
    });
    await expect(opened).rejects.toThrow('could not be opened');
    expect(released).toBe(1);
  });
});
