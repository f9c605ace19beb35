/**
 * A history that was edited shows no pass. Of one that is right, each kind of line is taken out, of each region, and
 * each number that excuses is made larger; what may be done to it all the same is named.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HistoryLine } from '../history/history-lines.ts';
import { readHistory } from '../history/read-history.ts';
import { parseScenario } from '../scenarios/scenario.ts';
import { runSeed } from '../sim/seed-run.ts';
import { seedSetup } from '../sim/testing/kit.ts';
import { composeVerdict, type Verdict } from './check.ts';
import { CHECKS, type CheckName } from './checks.ts';
import { judgeSaved } from './judge.ts';

/** It has a fault that stops, one that slows, a changed delay, and a hypothesis. */
const SCENARIO = `version: 1
title: A bit of everything
workload: { duration: 30s, reads: 30/s, writes: 2/s, keys: 10, purges: 10%, deletes: 5% }
steady-state-hypothesis: { title: all answer, probes: [{ converged: true }] }
method:
  - { at: 3s, fault: partition, target: 'edge:eu-west<->kafka', for: 3s }
  - { at: 12s, fault: latency, target: 'edge:ap-south<->origin', latency: 200ms, for: 3s }
  - { at: 20s, fault: propagation-delay, target: 'edge:us-east', delay: 200ms, for: 3s }
`;

type Line = HistoryLine & Readonly<Record<string, unknown>>;

let folder: string;
let lines: readonly Line[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgesync-coherence-'));
  const kept: HistoryLine[] = [];
  const { topology } = await seedSetup();
  const scenario = { id: 'everything', ...parseScenario(SCENARIO, 'everything.yaml') };
  await runSeed({ scenario, seed: 5, topology, onHistoryLine: (line) => kept.push(JSON.parse(JSON.stringify(line))) });
  lines = kept as Line[];
});
afterAll(() => rm(folder, { recursive: true }));

/** As `analyze` judges it; `refused` where it takes it for no history at all. */
async function verdictOf(edited: readonly unknown[]): Promise<Verdict | 'refused'> {
  const file = join(folder, 'history.ndjson');
  await writeFile(file, edited.map((line) => `${JSON.stringify(line)}\n`).join(''));
  try {
    const saved = await readHistory(file);
    return composeVerdict(
      judgeSaved(
        saved,
        saved.head.checks.filter((name): name is CheckName => name in CHECKS),
      ),
    );
  } catch (error) {
    // Of whatever else it throws the reader would not know which file it is about.
    expect(String(error)).toContain(`InvalidInput: ${file}:`);
    return 'refused';
  }
}

const without = (isLeftOut: (line: Line) => boolean) => lines.filter((line) => !isLeftOut(line));
const edited = (kind: string, edit: (line: Line) => object) =>
  lines.map((line) => (line.line === kind ? { ...line, ...edit(line) } : line));

/** A delay that excuses whatever comes. */
const SLOWER = { line: 'delay', region: 'eu-west', atMs: 0, delayMs: 60_000 };

/** Lines that explain what a check finds, or hold against a pass: without them there is no less reason for one. */
const MAY_BE_MISSING = ['stall', 'pressure', 'clock', 'published', 'applied', 'origin-sample', 'abort', 'fault-changed'];

describe('a history', () => {
  it('that is as it was written passes', async () => {
    expect(await verdictOf(lines)).toBe('pass');
  });

  it('shows no pass without any one kind of its lines', async () => {
    const kinds = [...new Set(lines.map(({ line }) => line))].filter((kind) => !MAY_BE_MISSING.includes(kind));
    expect(kinds).toEqual(
      expect.arrayContaining(['head', 'delay', 'strategy', 'edge-sample', 'origin', 'phase', 'load', 'finding', 'end']),
    );
    const passed = [];
    for (const kind of kinds) if ((await verdictOf(without(({ line }) => line === kind))) === 'pass') passed.push(kind);
    expect(passed).toEqual([]);
  });

  it('shows no pass without what it tells of any one region, or phase', async () => {
    const passed = [];
    for (const kind of ['delay', 'strategy', 'edge-sample'])
      for (const region of ['us-east', 'eu-west', 'ap-south'])
        if ((await verdictOf(without((one) => one.line === kind && one['region'] === region))) === 'pass') passed.push(`${kind} ${region}`);
    for (const one of lines)
      if (['phase', 'load', 'finding', 'origin'].includes(one.line) && (await verdictOf(without((other) => other === one))) === 'pass')
        passed.push(JSON.stringify(one));
    expect(passed).toEqual([]);
  });

  it('shows no pass without one of the lines in which a setting changes back, or a fault is told', async () => {
    const passed = [];
    const last = lines.findLast(({ line }) => line === 'delay');
    if ((await verdictOf(without((line) => line === last))) === 'pass') passed.push('the last delay');
    for (const { line, id } of lines)
      if (line === 'fault' && (await verdictOf(without((other) => /^fault/.test(other.line) && other['id'] === id))) === 'pass')
        passed.push(`fault ${String(id)}`);
    expect(passed).toEqual([]);
  });

  it.each([
    ['after its end', (all: readonly Line[]) => [...all, SLOWER]],
    ['before its end', (all: readonly Line[]) => [...all.slice(0, -1), SLOWER, ...all.slice(-1)]],
    ['before its end, later', (all: readonly Line[]) => [...all.slice(0, -1), { ...SLOWER, atMs: 2_000 }, ...all.slice(-1)]],
  ])('shows no pass with a delay more, %s', async (_where, add) => {
    expect(await verdictOf(add(lines))).not.toBe('pass');
  });

  it.each([
    ['one like another', {}],
    ['one elsewhere', { target: 'edge:us-east<->kafka' }],
    ['another', { fault: 'isolate', target: 'edge:eu-west' }],
  ])('shows no pass with a fault more than its scenario has: %s', async (_which, forged) => {
    const [first] = lines.filter(({ line }) => line === 'fault');
    const copy = (line: Line) => [line, { ...line, ...(line.line === 'fault' ? forged : {}), id: 'f9' }];
    expect(await verdictOf(lines.flatMap((line) => (line['id'] === first?.['id'] ? copy(line) : [line])))).not.toBe('pass');
  });

  it.each<[string, (line: Line) => object]>([
    ['delay', () => ({ delayMs: 1e9 })],
    ['delay', ({ region }) => ({ region: region === 'us-east' ? 'nowhere' : region })],
    ['strategy', () => ({ strategy: 'lazy' })],
    ['fault', () => ({ recoveryAllowanceMs: 1e9 })],
    ['fault', () => ({ slows: { invalidationMs: 1e9, fetchMs: 1e9, callMs: 1e9 } })],
    ['fault', () => ({ fault: 'magic' })],
    ['fault', () => ({ target: 'edge:nowhere' })],
    ['fault', ({ injectedMs }) => ({ injectedMs: Number(injectedMs) + 1e9 })],
    ['head', () => ({ checks: ['divergence'] })],
    ['head', () => ({ staleness: 'other' })],
    ['head', () => ({ bounds: { nowhere: { fetchDeadlineMs: 2_000, joinDeadlineMs: 2_000 } } })],
    ['head', () => ({ bounds: bounds(1e9) })],
    ['head', ({ written }) => ({ written: { ...(written as object), system: {} } })],
    ['head', () => ({ written: { title: 'none' } })],
    ['end', () => ({ atMs: -1 })],
    ['phase', () => ({ atMs: -1 })],
    ['sent', ({ operation }) => ({ operation: { ...(operation as object), startMs: -1e9 } })],
    ['ended', ({ writer: _, ...rest }) => ({ ...rest, writer: undefined })],
    ...(['version', 'source', 'status', 'cachedMs'] as const).map((name): [string, (line: Line) => object] => [
      'ended',
      (line) => ({ ...line, ...(line['source'] === 'cache' && { [name]: undefined }) }),
    ]),
    ['head', () => ({ written: undefined })],
  ])('shows no pass where %s says something else: %s', async (kind, edit) => {
    expect(await verdictOf(edited(kind, edit))).not.toBe('pass');
  });
});

function bounds(fetchDeadlineMs: number) {
  return Object.fromEntries(['us-east', 'eu-west', 'ap-south'].map((region) => [region, { fetchDeadlineMs, joinDeadlineMs: 2_000 }]));
}
