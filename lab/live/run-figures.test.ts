/** How old the answers of a run are while it goes on, from the lines of its history. */
import { describe, expect, it } from 'vitest';
import { History } from '../history/history.ts';
import { RunFigures } from './run-figures.ts';

const STARTED_MS = 50_000;
const CELL = { slot: 'lab-0', key: 'content:4', phase: 'fault' } as const;

function begun() {
  const refused: string[] = [];
  const figures = new RunFigures({
    regions: ['us-east', 'eu-west'],
    startedMs: STARTED_MS,
    onRefused: (region, error, endMs) => refused.push(`${region} ${error} ${endMs}`),
  });
  const history = new History({ onLine: (line) => figures.take(line) });
  const write = (startMs: number, version: number) => {
    const sent = history.addOperation({ ...CELL, id: history.nextId, kind: 'update', startMs });
    history.endOperation(sent, { outcome: 'ok', version, endMs: startMs + 5 });
  };
  const read = (startMs: number, region: string, version: number | undefined) => {
    const sent = history.addOperation({ ...CELL, id: history.nextId, kind: 'read', region, startMs, final: false });
    const ending = { version: version ?? 0, found: true, source: 'cache', status: 'fresh' } as const;
    const endMs = startMs + 1;
    history.endOperation(sent, version === undefined ? { outcome: 'fail', error: 'reset', endMs } : { ...ending, outcome: 'ok', endMs });
  };
  return { figures, refused, write, read };
}

describe('the figures of a run', () => {
  it('are of its last ten seconds, by the clock of the session', () => {
    const { figures, write, read } = begun();
    write(1_000, 1);
    read(1_100, 'us-east', 1);
    write(2_000, 2);
    read(4_005, 'us-east', 1);
    read(4_005, 'eu-west', 2);
    const { staleness, reads } = figures.figures(STARTED_MS + 5_000);
    expect(staleness).toMatchObject({
      'us-east': { max: 2_000, oldReads: 1, reads: 2 },
      'eu-west': { max: 0, oldReads: 0, reads: 1 },
    });
    expect(reads).toEqual({ 'content:4': 3 });
    expect(figures.figures(STARTED_MS + 20_000).staleness).toMatchObject({ 'us-east': { p99: null, reads: 0 } });
  });

  it('remember what was written long before', () => {
    const { figures, write, read } = begun();
    write(1_000, 1);
    write(2_000, 2);
    figures.figures(STARTED_MS + 30_000);
    read(62_005, 'eu-west', 1);
    expect(figures.figures(STARTED_MS + 63_000).staleness).toMatchObject({ 'eu-west': { max: 60_000, oldReads: 1 } });
  });

  it('leave reads without an answer to whoever counts those', () => {
    const { figures, refused, write, read } = begun();
    write(1_000, 1);
    read(1_100, 'eu-west', undefined);
    expect(refused).toEqual([`eu-west reset ${STARTED_MS + 1_101}`]);
    expect(figures.figures(STARTED_MS + 2_000).staleness).toMatchObject({ 'eu-west': { reads: 0 } });
  });
});
