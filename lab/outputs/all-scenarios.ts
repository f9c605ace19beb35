/**
 * What `--out DIR` leaves of all scenarios together: DIR/junit.xml and DIR/summary.md, at the end of the command. A
 * scenario that was refused is in them, too, and what never began is named.
 */
import type { Anomaly } from '../checks/check.ts';
import { SENTENCES_MAX } from '../report/junit.ts';
import { toJunitOfAll, toMarkdownOfAll, toRan } from '../report/ran.ts';
import type { ReportSource } from '../report/source.ts';
import { writeFiles } from './folder.ts';
import type { Output, OutputKind, OutputMeans, RunEnded, RunEvent } from './output.ts';

export const allScenarios: OutputKind = {
  // `--out` is told by the folder of each scenario.
  options: [],
  open: (means) => (typeof means.asked['out'] === 'string' ? new ScenarioOfAll(means) : undefined),
  finish: async ({ asked: { out }, ran, notRun }) => {
    if (typeof out !== 'string' || ran.length + notRun.length === 0) return;
    await writeFiles(out, { 'summary.md': toMarkdownOfAll({ ran, notRun }), 'junit.xml': toJunitOfAll({ ran, notRun }) });
  },
};

type Identity = Pick<ReportSource, 'scenario' | 'title' | 'description' | 'backend' | 'seed' | 'version'>;

/** It has no `start`: what is refused is told to it, too. */
class ScenarioOfAll implements Output {
  readonly #ran: OutputMeans['ran'];
  #identity: Identity | undefined;
  readonly #anomalies = new Map<string, Anomaly[]>();

  constructor({ ran }: OutputMeans) {
    this.#ran = ran;
  }

  addEvent(event: RunEvent): void {
    if (event.type === 'Start') {
      const { backend, seed, version, scenario: of } = event;
      const title = String(of['title'] ?? '');
      this.#identity = { scenario: String(of['id'] ?? title), title, description: '', backend, seed, version };
    }
    if (event.type === 'Anomaly') {
      const kept = this.#anomalies.get(event.anomaly) ?? [];
      this.#anomalies.set(event.anomaly, kept);
      if (kept.length < SENTENCES_MAX) kept.push(toTold(event));
    }
  }

  stop({ history, summary }: RunEnded): void {
    if (this.#identity !== undefined)
      this.#ran.push(toRan({ ...this.#identity, history, summary, anomalies: [...this.#anomalies.values()].flat() }));
  }
}

/** What showed it stands in its own files. */
function toTold({ anomaly, region, key, explain }: Extract<RunEvent, { type: 'Anomaly' }>): Anomaly {
  return { anomaly, region, key, explain, witness: [] };
}
