/** The tables of what a run says and what it writes down: the lines of `--json`, and those of `history.ndjson`. */
import { type HistoryLine, historyLine } from '../../../lab/history/history-lines.ts';
import { operation } from '../../../lab/history/records.ts';
import { type LabEvent, labEvent } from '../../../lab/report/events.ts';
import { PLAN_MEANS, SUMMARY_MEANS } from './field-meanings.ts';
import { code, toTable } from './markdown.ts';
import { type Field, variantsOf } from './schema-fields.ts';

const EVENTS: Readonly<Record<LabEvent['type'], string>> = {
  Start: 'the first line: what is run, with which seed',
  Plan: 'of `run --dry-run`: what would be done; see below',
  Step: 'a part of the world is ready',
  Phase: 'a phase of the run begins',
  Metric: 'a metric is announced, before its first point',
  Point: 'one value of a metric, with its tags',
  Region: 'once a second: what one region serves, and its figures of the last ten seconds',
  Fault: 'a fault was injected or healed, and whether its effect was seen',
  Anomaly: 'a check found a violation: what was expected, what was got, and the operations that show it',
  Mutant: 'of `sim --mutants`: whether a known bug was caught',
  Summary: 'the last line: the verdict and why; see below',
};

const HISTORY: Readonly<Record<HistoryLine['line'], string>> = {
  head: 'the first line: what was run, so that it can be judged and run again',
  sent: 'an operation, written before it is sent; see below',
  ended: 'how the operation of that `id` ended',
  fault: 'a fault was injected',
  'fault-changed': 'what became known of the fault later',
  origin: 'what the origin held of one key at the end',
  delay: 'the propagation delay of a region from that moment on',
  strategy: 'the strategy of a region from that moment on',
  stall: 'a process stood still: something due at `dueMs` ran `lateMs` later',
  pressure: 'Linux: how long a process waited for a processor',
  clock: 'how far the wall clock has moved away from the monotonic one since the start of the run',
  'origin-sample': 'once a second, in virtual time every 1 to 3 s: what `/metrics` of the origin said',
  'edge-sample': 'once a second, in virtual time every 1 to 3 s: what `/metrics` of an edge said',
  published: 'the log took an event, told by the origin',
  applied: 'the cache of a region took an event, told by its edge',
  phase: 'a phase began',
  load: 'the load as it was planned',
  abort: 'a threshold with `abortOnFail` ended the load',
  finding: 'what only the run itself could judge: the steady state',
  end: 'the run went through all its phases',
};

/** Two events have a table of their own. */
const TOLD_BELOW: readonly string[] = ['Plan', 'Summary'];

function inWords(fields: readonly Field[]): string {
  return fields.map(({ path, value }) => `${code(path)}: ${value}`).join('; ');
}

export function eventTable(): string {
  const variants = variantsOf(labEvent, 'type');
  const rows = Object.entries(EVENTS).map(([name, about]) => [
    code(name),
    about,
    TOLD_BELOW.includes(name) ? '' : inWords(variants.get(name) ?? []),
  ]);
  return toTable([['type', 'when, and what it says', 'fields beside `type`'], ...rows]);
}

export function historyTable(): string {
  const variants = variantsOf(historyLine, 'line');
  const rows = Object.entries(HISTORY).map(([name, about]) => [code(name), about, inWords(variants.get(name) ?? []) || 'see below']);
  return toTable([['line', 'what it says', 'fields beside `line`'], ...rows]);
}

export function operationTable(): string {
  const variants = variantsOf(operation, 'kind');
  return toTable([['kind', 'fields beside `kind`'], ...[...variants].map(([kind, fields]) => [code(kind), inWords(fields)])]);
}

export function summaryTable(): string {
  return meantTable(variantsOf(labEvent, 'type').get('Summary') ?? [], SUMMARY_MEANS);
}

export function planTable(): string {
  return meantTable(variantsOf(labEvent, 'type').get('Plan') ?? [], PLAN_MEANS);
}

export function meantTable(fields: readonly Field[], means: Readonly<Record<string, string>>): string {
  return toTable([['field', 'value', 'meaning'], ...fields.map(({ path, value }) => [code(path), value, means[path] ?? ''])]);
}
