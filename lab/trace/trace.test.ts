import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../services/runtime/clock.ts';
import { InvalidInput } from '../errors.ts';
import { need } from '../system/edges/edge.ts';
import { startTestWorld, type TestWorld, untilSettled } from '../worlds/testing/embedded-kit.ts';
import { parseTraceKey, type TraceOptions, traceWrite } from './trace.ts';
import type { Trace, TraceStep } from './trace-schema.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEADLINE_MS = 10_000;
const REGIONS = ['us-east', 'eu-west', 'ap-south'];

let test: TestWorld;
beforeAll(async () => {
  test = await startTestWorld();
});
afterAll(() => test.close());

function trace(options: Partial<TraceOptions> & Pick<TraceOptions, 'id'>): Promise<Trace> {
  const { world, clients } = test;
  return traceWrite({ world, clients, clock: systemClock, signal: new AbortController().signal, ...options });
}

function stepOf({ steps }: Trace, number: number): TraceStep {
  const step = steps[number - 1];
  if (step?.step !== number) throw new Error(`expected step ${number}, got ${step?.step}`);
  return step;
}

/** The times of one region in the steps that each has, in their order. */
function timesIn(traced: Trace, region: string): number[] {
  return [5, 6, 7, 8, 9].map((number) => stepOf(traced, number).regions?.[region] ?? Number.NaN);
}

function isAscending(times: readonly number[]): boolean {
  return times.every((ms, at) => ms >= (times[at - 1] ?? 0));
}

describe('a trace', () => {
  it('sees the ten steps of one write, in their order in every region, by the times of the services', async () => {
    const traced = await trace({ id: 1 });
    expect(traced).toMatchObject({ key: 'content:1', version: 2, complete: true, verdict: 'pass' });
    expect(traced.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const recordedMs = stepOf(traced, 5).ms ?? Number.NaN;
    expect(isAscending([1, 2, 3].map((number) => stepOf(traced, number).ms ?? Number.NaN).concat(recordedMs))).toBe(true);
    for (const { region, delayMs } of test.world.regions) {
      const times = timesIn(traced, region);
      expect(isAscending([recordedMs, ...times, stepOf(traced, 10).ms ?? Number.NaN]), `${region}: ${times}`).toBe(true);
      expect(times[1], region).toBe(recordedMs + delayMs);
    }
    const [published] = (await test.clients.originMetrics()).published;
    expect(traced.event).toBe(published?.id);
  });

  it('shows what each region served: eager fetches the new version, lazy serves the old one as stale first', async () => {
    const traced = await trace({ id: 2 });
    const labels = traced.served.map(({ region, answers }) => [
      region,
      ...answers.map(({ version, status, source }) => `${version} ${status} ${source}`),
    ]);
    expect(labels).toEqual([
      ['us-east', '1 fresh cache', '2 fresh origin'],
      ['eu-west', '1 fresh cache', '1 stale cache', '2 fresh cache'],
      ['ap-south', '1 fresh cache', '1 stale cache', '2 fresh cache'],
    ]);
    for (const { region, answers } of traced.served) {
      expect(answers.at(-1)?.ms).toBe(stepOf(traced, 8).regions?.[region]);
      expect(answers[1]?.ms).toBeGreaterThanOrEqual(stepOf(traced, 7).regions?.[region] ?? Number.NaN);
    }
  });

  it('changes nothing but the version', async () => {
    const contents = async () => (await test.clients.list()).map(({ version, updated_at, ...rest }) => rest);
    const before = await contents();
    const { version } = await trace({ id: 3 });
    expect(await contents()).toEqual(before);
    expect(version).toBe(2);
  });

  it('ends at its deadline as far as it got, and says where it stopped', async () => {
    const ap = test.world.regions.find(({ region }) => region === 'ap-south');
    const settings = need(test.clients.edge('ap-south'), 'settings');
    await settings.change({ propagationDelayMs: 600_000 });
    const traced = await trace({ id: 1, graceMs: 2_000 });
    expect(traced).toMatchObject({ complete: false, verdict: 'fail' });
    for (const number of [5, 6, 7, 8, 9]) {
      const { regions = {} } = stepOf(traced, number);
      expect(REGIONS.filter((region) => regions[region] === null)).toEqual(['ap-south']);
    }
    expect(traced.served.at(-1)?.answers).toMatchObject([{ version: 2, status: 'fresh' }]);
    await settings.change({ propagationDelayMs: ap?.delayMs ?? 0 });
    await untilSettled(test, DEADLINE_MS);
  });

  it('begins when a region that was cut off is back, however long that takes beyond the time of a step', async () => {
    const { control } = test.world;
    await control.register({ do: 'isolate', id: 'apart', edge: 'edge:eu-west' });
    await control.isolate('apart', 'edge:eu-west');
    await test.clients.update(2, { title: 'Written while a region hears nothing' });
    const traced = trace({ id: 1, graceMs: 1_000 });
    await sleep(systemClock, 2_000);
    await control.repair('apart');
    expect(await traced).toMatchObject({ complete: true, verdict: 'pass' });
  });

  it('is as far as it got when it is stopped under way', async () => {
    const stop = new AbortController();
    const traced = await trace({ id: 2, signal: stop.signal, onWritten: () => stop.abort() });
    expect(traced.complete).toBe(false);
    expect(stepOf(traced, 8).regions).toMatchObject({ 'ap-south': null });
    await untilSettled(test, DEADLINE_MS);
  });

  it('writes nothing when it is stopped before', async () => {
    const { version } = await test.clients.originVersion(3);
    await expect(trace({ id: 3, signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
    expect((await test.clients.originVersion(3)).version).toBe(version);
  });

  it('names the contents there are when there is no such one', async () => {
    await expect(trace({ id: 7 })).rejects.toThrow(new InvalidInput('expected the id of a content there is (1, 2, 3), got 7'));
  });

  it('names files that are there', async () => {
    const { steps } = await trace({ id: 3 });
    const missing = steps.flatMap(({ file }) => file.split(', ')).filter((file) => !existsSync(`${ROOT}/${file}`));
    expect(missing).toEqual([]);
  });
});

describe('the key of a trace', () => {
  it.each(['7', 'content:7'])('may be %s', (text) => {
    expect(parseTraceKey(text)).toBe(7);
  });

  it.each(['', '0', '-1', '7.5', '07', 'content:', 'content:content:7', 'tag:7', '99999999999', ' 7'])('may not be %j', (text) => {
    expect(() => parseTraceKey(text)).toThrow(InvalidInput);
  });
});
