/**
 * The catalogue in real time, as its users run it, shortened: no scenario raises a false alarm, and a few known bugs are caught by the scenario made
 * for them. (All of them are caught in virtual time: lab/scenarios/catalogue.test.ts.)
 */
import { describe, expect, it } from 'vitest';
import { labEvent } from '../lab/report/events.ts';
import { catches } from '../lab/scenarios/made-for.ts';
import { startProgram } from './process-test-support.ts';
import { BUILT_IN_SCENARIOS } from './program-files.ts';

const NAMES = [...BUILT_IN_SCENARIOS.keys()];
/** Side by side: half of the time a run waits, and with more of them the machine's jitter makes verdicts unknown. */
const LANES = 2;
const SHORT = ['--duration', '6s', '--ports', 'auto', '--json'];
const LANE_MS_MAX = 600_000;
const MUTANT_MS_MAX = 120_000;

/** Those that show in seconds. */
const IN_REAL_TIME: readonly string[] = ['unfenced-fill', 'delete-as-stale', 'revalidate-each-time'];

/** The verdict of each block, with what was found where it is not a pass. */
async function verdictsOf(words: readonly string[]) {
  const { stdout, code } = await startProgram(['run', ...words, ...SHORT]).ended;
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => labEvent.parse(JSON.parse(line)));
  const blocks = events.flatMap((event) => {
    if (event.type !== 'Summary') return [];
    const checks = event.checks.filter(({ verdict }) => verdict !== 'pass');
    return [{ verdict: event.verdict, faults: event.faults.filter(({ effect }) => effect !== 'confirmed'), checks, error: event.error }];
  });
  return { code, blocks, explained: events.flatMap((event) => (event.type === 'Anomaly' ? [event.explain] : [])) };
}

describe.concurrent('the catalogue in the embedded world', () => {
  const lanes = Array.from({ length: LANES }, (_, lane) => NAMES.filter((_name, at) => at % LANES === lane));

  it.each(lanes.map((names) => [names.join(', '), names] as const))(
    'passes: %s',
    async (_title, names) => {
      const { code, blocks, explained } = await verdictsOf(names);
      expect({ explained, blocks: blocks.map((block, at) => ({ scenario: names[at], ...block })) }).toEqual({
        explained: [],
        blocks: names.map((scenario) => ({ scenario, verdict: 'pass', faults: [], checks: [], error: undefined })),
      });
      expect(code).toBe(0);
    },
    LANE_MS_MAX,
  );
});

describe('a known bug in the embedded world', () => {
  const shown = catches().filter(({ mutant }) => IN_REAL_TIME.includes(mutant.name));

  it.each(shown.map(({ mutant, scenario }) => [mutant.name, scenario, mutant.caughtBy] as const))(
    '%s is caught by %s',
    async (mutant, scenario, caughtBy) => {
      const { code, blocks } = await verdictsOf([scenario, '--mutant', mutant]);
      const failed = blocks.flatMap(({ checks }) => checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check));
      expect(failed.filter((check) => caughtBy.includes(check))).not.toEqual([]);
      expect(code).toBe(1);
    },
    MUTANT_MS_MAX,
  );
});
