import { describe, expect, it } from 'vitest';
import { EXIT, type ExitCode } from '../../lab/errors.ts';
import { countedAs, untilKnown } from './unknowns.ts';

/** Ends with each of these codes in turn. */
async function tried(codes: readonly ExitCode[], rerunUnknown?: number, signal = new AbortController().signal) {
  const attempts: number[] = [];
  const notes: string[] = [];
  const run = async (attempt: number) => {
    attempts.push(attempt);
    return codes[attempt - 1] ?? EXIT.failed;
  };
  const code = await untilKnown(rerunUnknown === undefined ? {} : { rerunUnknown }, { run, note: (text) => notes.push(text), signal });
  return { code, attempts, notes };
}

describe('an unknown verdict', () => {
  it('is not tried again unless somebody asks', async () => {
    expect(await tried([EXIT.unknown, EXIT.pass])).toMatchObject({ code: EXIT.unknown, attempts: [1], notes: [] });
  });

  it('is tried again until it is known, whatever it is', async () => {
    expect(await tried([EXIT.unknown, EXIT.pass], 3)).toMatchObject({ code: EXIT.pass, attempts: [1, 2] });
    expect(await tried([EXIT.unknown, EXIT.unknown, EXIT.violated], 3)).toMatchObject({ code: EXIT.violated, attempts: [1, 2, 3] });
  });

  it('stays unknown after as many tries', async () => {
    const { code, attempts, notes } = await tried([EXIT.unknown, EXIT.unknown, EXIT.unknown, EXIT.pass], 2);
    expect([code, attempts]).toEqual([EXIT.unknown, [1, 2, 3]]);
    expect(notes).toEqual([expect.stringContaining('(1 of 2)'), expect.stringContaining('(2 of 2)')]);
  });

  it('is not tried again by whoever was stopped', async () => {
    expect(await tried([EXIT.unknown, EXIT.pass], 3, AbortSignal.abort())).toMatchObject({ attempts: [1] });
  });

  it.each([EXIT.violated, EXIT.threshold, EXIT.invalidInput, EXIT.failed, EXIT.pass])('and no other: %d is told at once', async (code) => {
    expect(await tried([code, EXIT.pass], 3)).toMatchObject({ code, attempts: [1] });
  });

  it('counts as no failure where it may', () => {
    const notes: string[] = [];
    const note = (text: string) => void notes.push(text);
    expect(countedAs(EXIT.unknown, {}, note)).toBe(EXIT.unknown);
    expect(countedAs(EXIT.violated, { unknown: 'warn' }, note)).toBe(EXIT.violated);
    expect(notes).toEqual([]);
    expect(countedAs(EXIT.unknown, { unknown: 'warn' }, note)).toBe(EXIT.pass);
    expect(notes).toEqual([expect.stringContaining('--unknown warn')]);
  });
});
