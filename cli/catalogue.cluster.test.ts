/** Three of the catalogue on the shared cluster, attached to and shortened: the same files as in the other worlds. */
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { EXIT } from '../lab/errors.ts';
import { labEvent } from '../lab/report/events.ts';
import { alarmsOf } from '../lab/testing/alarms.ts';
import type { TestCluster } from '../vitest-context.d.ts';
import { type Running, startProgram } from './testing/process.ts';

const provided = inject('cluster');
const cluster: TestCluster = provided ?? { project: '', state: '' };

function lab(...words: readonly string[]): Running {
  return startProgram(words, { env: { EDGESYNC_BACKEND: 'docker', XDG_STATE_HOME: cluster.state, EDGESYNC_PROJECT: cluster.project } });
}

describe.skipIf(provided === undefined)('the catalogue on a cluster', () => {
  beforeAll(async () => {
    expect((await lab('up', '--ports', 'auto').ended).code).toBe(0);
  });

  it.each(['baseline', 'partition-kafka', 'kafka-outage'])(
    '%s raises no false alarm, and leaves the cluster running and whole',
    async (scenario) => {
      const { stdout, code } = await lab('run', scenario, '--duration', '6s', '--json').ended;
      const events = stdout
        .trimEnd()
        .split('\n')
        .map((line) => labEvent.parse(JSON.parse(line)));
      const summary = events.findLast((event) => event.type === 'Summary');
      const explained = events.flatMap((event) => (event.type === 'Anomaly' ? [event.explain] : []));
      expect({ alarms: summary && alarmsOf(summary), explained }).toEqual({ alarms: [], explained: [] });
      expect(summary).toMatchObject({ heal: { clean: true, left: [] } });
      // Without an alarm it passes, unless the machine kept it from judging.
      expect([summary?.verdict, code]).toEqual(code === EXIT.unknown ? ['unknown', EXIT.unknown] : ['pass', EXIT.pass]);
    },
  );
});
