/** Outputs as one: in which order they are told, and what becomes of a verdict that one of them could not save. */
import { describe, expect, it } from 'vitest';
import { InvalidInput, WorldFailed } from '../errors.ts';
import { reportSource, summaryOf } from '../report/testing/report.ts';
import type { Output, RunEvent } from './output.ts';
import { Outputs } from './outputs.ts';

const PHASE: RunEvent = { type: 'Phase', t: 1, phase: 'fault' };
const { history, summary, ...RUN } = reportSource();

/** An output that writes down what it is told; `start` only where it is given. */
function written(name: string, log: string[], more: Partial<Output> = {}): Output {
  return {
    addEvent: ({ type }) => void log.push(`${name}: ${type}`),
    stop: ({ summary: { status, error } }) => void log.push(`${name}: ${status}${error === undefined ? '' : `, ${error}`}`),
    ...more,
  };
}

describe('the outputs of a run', () => {
  it('are all told what happens, and of the Summary when they are stopped, in the order of the table', async () => {
    const log: string[] = [];
    const outputs = new Outputs([written('files', log, { start: async () => {} }), written('lines', log)]);
    await outputs.start(RUN);
    outputs.report(PHASE);
    outputs.report(summary);
    expect(await outputs.stop({ history, summary })).toBe(summary);
    expect(log).toEqual(['files: Phase', 'lines: Phase', 'files: completed', 'lines: completed']);
  });

  it('tell of a run that failed when one before them could not save it, whatever the verdict', async () => {
    const log: string[] = [];
    const broken = () => Promise.reject(new WorldFailed('x: cannot be written (disk full)'));
    const outputs = new Outputs([written('files', log, { stop: broken }), written('lines', log)]);
    const ended = await outputs.stop({ history, summary: summaryOf({ error: 'one' }) });
    expect(ended).toMatchObject({ status: 'failed', verdict: 'unknown', exitCode: 107 });
    expect(log).toEqual(['lines: failed, one; x: cannot be written (disk full)']);
  });

  it('are told nothing that have not started, also of a run that is refused because they cannot', async () => {
    const log: string[] = [];
    const taken = async () => {
      throw new InvalidInput('there is one already');
    };
    const outputs = new Outputs([
      written('begun', log, { start: async () => {} }),
      written('files', log, { start: taken }),
      written('late', log, { start: async () => {} }),
      written('lines', log),
    ]);
    outputs.report(PHASE);
    await expect(outputs.start(RUN)).rejects.toThrow('there is one already');
    await outputs.stop({ history, summary });
    expect(log).toEqual(['lines: Phase', 'begun: completed', 'lines: completed']);
  });

  it('take the history only where one of them wants it', async () => {
    const log: string[] = [];
    expect(new Outputs([written('lines', log)]).onHistoryLine).toBeUndefined();
    const outputs = new Outputs([written('lines', log), { addLine: ({ line }) => void log.push(line) }]);
    outputs.onHistoryLine?.({ line: 'end', atMs: 1 });
    expect(log).toEqual(['end']);
  });
});
