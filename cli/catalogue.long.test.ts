/**
 * The catalogue in real time, as its users run it, shortened: no scenario raises a false alarm, and a few known bugs
 * are caught by the scenario made for them. (All of them are caught in virtual time: lab/scenarios/catalogue.test.ts.)
 */
import { describe, expect, it } from 'vitest';
import { MUTANTS } from '../lab/mutants/mutants.ts';
import { labEvent } from '../lab/report/events.ts';
import { readScenario } from '../lab/scenarios/scenario.ts';
import { NEEDS_ITS_LENGTH, SHORTENED_MS } from '../lab/scenarios/testing/shortened.ts';
import { needsTarget } from '../lab/scenarios/world-check.ts';
import { alarmsOf, BY_THE_MACHINE, type Summary } from '../lab/testing/alarms.ts';
import { BUILT_IN_SCENARIOS } from './program-files.ts';
import { startProgram } from './testing/process.ts';

/** Those that need no cache of others. */
const NAMES = (await Promise.all([...BUILT_IN_SCENARIOS.values()].map(readScenario)))
  .filter((scenario) => !needsTarget(scenario))
  .map(({ id }) => id);
/** Side by side: half of the time a run waits, and with more of them the machine's jitter makes verdicts unknown. */
const LANES = 2;
const LANE_OPTIONS = ['--ports', 'auto', '--json'];
const SHORT = ['--duration', `${SHORTENED_MS}ms`];
const LANE_MS_MAX = 900_000;
const MUTANT_MS_MAX = 180_000;
const UNJUDGED_SHARE_MAX = 1 / 3;

/** Those that show in seconds. */
const IN_REAL_TIME: readonly string[] = ['unfenced-fill', 'torn-entry', 'revalidate-each-time'];

interface Ran {
  readonly code: number | null;
  readonly summaries: readonly Summary[];
  readonly explained: readonly string[];
}

async function run(...words: readonly string[]): Promise<Ran> {
  const { stdout, code } = await startProgram(['run', ...words, ...LANE_OPTIONS]).ended;
  const lines = stdout.trimEnd().split('\n');
  const events = lines.map((line) => labEvent.parse(JSON.parse(line)));
  const summaries = events.filter((event) => event.type === 'Summary');
  return { code, summaries, explained: events.flatMap((event) => (event.type === 'Anomaly' ? [event.explain] : [])) };
}

/** Of each scenario its alarms. One run of those that can be shortened, and then one of the others. */
async function runLane(names: readonly string[]) {
  const { own = [], short = [] } = Object.groupBy(names, (name) => (NEEDS_ITS_LENGTH.includes(name) ? 'own' : 'short'));
  const ran = [await run(...short, ...SHORT), ...(own.length === 0 ? [] : [await run(...own)])];
  const summaries = ran.flatMap((one) => one.summaries);
  const alarms = Object.fromEntries([...short, ...own].map((name, at) => [name, summaries[at] && alarmsOf(summaries[at])]));
  const unjudged = summaries.filter(({ verdict }) => verdict !== 'pass').length;
  return { codes: ran.map(({ code }) => code), alarms, unjudged, explained: ran.flatMap((one) => one.explained) };
}

describe.concurrent('the catalogue in the embedded world', () => {
  const lanes = Array.from({ length: LANES }, (_, lane) => NAMES.filter((_name, at) => at % LANES === lane));

  it.each(lanes.map((names) => [names.join(', '), names] as const))(
    'raises no false alarm: %s',
    async (_title, names) => {
      const { codes, alarms, unjudged, explained } = await runLane(names);
      expect({ alarms, explained }).toEqual({ alarms: Object.fromEntries(names.map((name) => [name, []])), explained: [] });
      expect(unjudged).toBeLessThanOrEqual(names.length * UNJUDGED_SHARE_MAX);
      expect(Math.max(...codes.map((code) => code ?? Number.POSITIVE_INFINITY))).toBe(unjudged === 0 ? 0 : 2);
    },
    LANE_MS_MAX,
  );
});

describe('a known bug in the embedded world', () => {
  const shown = MUTANTS.filter(({ name }) => IN_REAL_TIME.includes(name));

  it.each(shown.map(({ name, shownBy, caughtBy }) => [name, shownBy, caughtBy] as const))(
    '%s is caught by %s',
    async (mutant, scenario, caughtBy) => {
      const { code, summaries } = await run(scenario, '--mutant', mutant, ...SHORT);
      const named = summaries.flatMap(({ checks }) => checks.filter(({ check }) => caughtBy.includes(check)));
      const caught = named.filter(({ verdict }) => verdict === 'fail');
      // Where the machine stood still for long, what was found may be its doing, or the load was not there to show it:
      // that is said, and is no pass.
      const load = summaries.flatMap(({ checks }) => checks.filter(({ check }) => check === 'load'));
      const doubtful = [...named, ...load].filter(({ verdict, reason }) => verdict === 'unknown' && BY_THE_MACHINE.test(reason));
      expect([...caught, ...doubtful]).not.toEqual([]);
      expect(code).toBe(caught.length > 0 ? 1 : 2);
    },
    MUTANT_MS_MAX,
  );
});
