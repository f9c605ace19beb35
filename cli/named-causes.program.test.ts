/**
 * A run on a machine that keeps it from its services names what it was: no deadline that was none, no service that is
 * blamed for it.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labEvent } from '../lab/report/events.ts';
import { canUnshare, runRestricted } from '../lab/testing/restricted.ts';
import { BIN } from './testing/bundle.ts';

const MS_MAX = 300_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-causes-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: unknown;
  readonly error: string | undefined;
  readonly history: string;
}

/** `shell` runs what it is given under some restriction. */
async function runUnder(shell: string, name: string): Promise<Ran> {
  const out = join(folder, name);
  const words = ['run', 'baseline', '--backend', 'embedded', '--ports', 'auto', '--duration', '1s', '--json', '--out', out];
  const { code, stdout } = await runRestricted(shell, [BIN, ...words]);
  const last = labEvent.parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));
  return {
    code,
    error: last.type === 'Summary' ? last.error : undefined,
    history: await readFile(join(out, 'baseline', 'history.ndjson'), 'utf8'),
  };
}

describe.concurrent('a run', () => {
  it('that may open no more files says so, in its history, too', { timeout: MS_MAX }, async () => {
    const { code, error, history } = await runUnder('ulimit -n 48; exec "$@"', 'files');
    expect(error).toMatch(/no steady state to start from \(last: .*may open no more files and connections.*EMFILE/);
    expect(history).toMatch(/"error":"[^"]*may open no more files and connections[^"]*\(EMFILE\)/);
    expect(`${error}${history}`).not.toContain('no answer within');
    expect(code).toBe(107);
  });

  it.skipIf(!canUnshare())('without a network says so (needs root: unshare -n)', { timeout: MS_MAX }, async () => {
    const { code, error } = await runUnder('exec unshare -n "$@"', 'network');
    expect(error).toMatch(/^GET http:.*: there is no way to that network from here \(ENETUNREACH\)$/);
    expect(code).toBe(107);
  });
});
