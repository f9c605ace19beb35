/** A run whose load is too much for the lab itself: the same history, from another process. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../services/runtime/clock.ts';
import { type HistoryLine, historyLine } from '../history/history-lines.ts';
import type { ReadOperation } from '../history/records.ts';
import { parseScenario } from '../scenarios/scenario.ts';
import { readTopology } from '../topology/topology.ts';
import { startEmbedded } from '../worlds/embedded/embedded.ts';
import { type RunResult, runWithHistory } from './run.ts';

const COMPOSE = fileURLToPath(new URL('../../compose.yaml', import.meta.url));
const MS_MAX = 180_000;
const DURATION_S = 2;

async function runAt(readsPerS: number, onHistoryLine: (line: HistoryLine) => void = () => {}): Promise<RunResult> {
  const topology = await readTopology({ file: COMPOSE, environment: {}, freePorts: true });
  const workload = {
    duration: `${DURATION_S}s`,
    reads: `${readsPerS}/s`,
    writes: '10/s',
    keys: 8,
    creates: '20%',
    deletes: '20%',
    ahead: '1%',
  };
  const scenario = JSON.stringify({ version: 1, title: 'Many reads', workload });
  return runWithHistory({
    scenario: { id: 'many-reads', ...parseScenario(scenario, 'many-reads.json') },
    seed: 5,
    backend: 'embedded',
    startWorld: (onStep, signal) => startEmbedded({ topology, onStep, signal }),
    report: () => {},
    clock: systemClock,
    version: '0',
    argv: [],
    reproduce: '',
    signal: new AbortController().signal,
    onHistoryLine,
  });
}

const readsIn = ({ history }: RunResult, phase: ReadOperation['phase']) => [...history.reads].filter((read) => read.phase === phase);
const shapesOf = (reads: readonly ReadOperation[]) =>
  new Set(reads.filter(({ outcome }) => outcome === 'ok').map(({ dueMs: _, ...read }) => Object.keys(read).join(' ')));

describe('the load of a run', { timeout: MS_MAX }, () => {
  it('above 1,000 reads a second has them from a load generator, in a history of the same form', async () => {
    const lines: HistoryLine[] = [];
    const result = await runAt(1_001, (line) => lines.push(structuredClone(line)));
    const { history, summary } = result;
    expect([summary.status, summary.error]).toEqual(['completed', undefined]);
    expect(history.load).toMatchObject({ reads: 2_002, generated: true });
    const generated = readsIn(result, 'fault');
    expect(generated).toHaveLength(2_002);
    // Those that the lab has sent itself.
    const own = readsIn(result, 'warmup');
    for (const shape of shapesOf(own)) expect(shapesOf(generated)).toContain(shape);
    const slots = new Map(own.map(({ key, slot }) => [key, slot]));
    for (const { key, slot } of generated) if (slots.has(key)) expect(slot).toBe(slots.get(key));
    expect(generated.some(({ slot }) => slot === '')).toBe(true);
    expect(new Set(generated.map(({ id }) => id)).size).toBe(generated.length);
    for (const { startMs, dueMs = startMs, endMs = 0 } of generated) {
      expect([dueMs <= startMs, startMs <= endMs]).toEqual([true, true]);
    }
    for (const line of lines) historyLine.parse(line);
  });

  it('up to there the lab sends itself', async () => {
    const result = await runAt(1_000);
    expect(result.history.load).not.toHaveProperty('generated');
    expect(readsIn(result, 'fault')).toHaveLength(2_000);
  });
});
