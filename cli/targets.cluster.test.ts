/**
 * A cache of others in a container, between an upstream and a purger in two more: Varnish, as the example has it, over
 * a real log.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { labEvent, type Summary } from '../lab/report/events.ts';
import type { TestCluster } from '../vitest-context.d.ts';
import { startProgram } from './testing/process.ts';

const provided = inject('cluster');
const cluster: TestCluster = provided ?? { project: '', state: '' };
const EXAMPLE = fileURLToPath(new URL('../lab/examples/compose.varnish.yaml', import.meta.url));
const OWN = fileURLToPath(new URL('../lab/examples/compose.own-invalidator.yaml', import.meta.url));
const PROJECT = `${cluster.project}-varnish`;

/** Whatever of it the engine knows. */
async function left(): Promise<string> {
  const filter = ['--filter', `label=com.docker.compose.project=${PROJECT}`, '--quiet'];
  const listed = await Promise.all(
    [
      ['ps', '--all'],
      ['network', 'ls'],
    ].map((words) => promisify(execFile)('docker', [...words, ...filter])),
  );
  return listed.map(({ stdout }) => stdout).join('');
}

async function runOver(compose: string, scenario: string) {
  const words = ['run', scenario, '--backend', 'docker', '--compose', compose, '--ports', 'auto', '--seed', '3', '--json'];
  const env = { XDG_STATE_HOME: cluster.state, EDGESYNC_PROJECT: PROJECT };
  const ended = await startProgram(words, { env }).ended;
  const lines = ended.stdout.trimEnd().split('\n');
  const events = lines.map((line) => labEvent.parse(JSON.parse(line)));
  return { ...ended, events, summary: events.findLast((event): event is Summary => event.type === 'Summary') };
}

describe.skipIf(provided === undefined)('a region of a cluster with a cache of others', () => {
  it('loses what is purged once while its purger cannot reach it; the other regions lose nothing, and nothing is left of the cluster', async () => {
    const { events, summary, stderr, code } = await runOver(EXAMPLE, 'fire-and-forget');
    expect({ code, error: summary?.error, stderr }).toMatchObject({ code: 1, error: undefined });
    const verdicts = Object.fromEntries((summary?.checks ?? []).map(({ check, verdict }) => [check, verdict]));
    expect(verdicts).toMatchObject({ 'lost-invalidation': 'fail', divergence: 'fail', 'lost-write': 'pass' });
    const lost = events.filter((event) => event.type === 'Anomaly' && event.anomaly === 'lost-invalidation');
    expect(new Set(lost.map((event) => event.type === 'Anomaly' && event.region))).toEqual(new Set(['eu-west']));
    expect(summary?.heal).toEqual({ clean: true, left: [] });
    expect(await left()).toBe('');
  });

  it('whose own mechanism reads the log is judged by what readers get, with its way to the log cut, and without a purger', async () => {
    const { summary, stdout, stderr } = await runOver(OWN, 'partition-kafka');
    if (summary === undefined) throw new Error(`expected a Summary, got none: ${stderr}`);
    // How soon it hears of the log again after the cut is its own affair, and on a busy machine later than is allowed;
    // that it does is not.
    const verdicts = Object.fromEntries(summary.checks.map(({ check, verdict }) => [check, verdict]));
    expect(verdicts).toMatchObject({ 'lost-invalidation': 'pass', divergence: 'pass', 'lost-write': 'pass', 'phantom-version': 'pass' });
    expect(summary.faults).toMatchObject([{ target: 'edge:eu-west<->kafka', effect: 'confirmed' }]);
    expect(stdout).not.toContain('purger-eu-west');
    expect(summary.heal).toEqual({ clean: true, left: [] });
    expect(await left()).toBe('');
  });
});
