/** What a run would do, in plain lines. Times count from the start of the load. */

import { printable } from '../input/printable.ts';
import type { PlanEvent } from '../run/dry-run.ts';

const MS_PER_S = 1000;

function seconds(ms: number): string {
  return `${Number((ms / MS_PER_S).toFixed(3))} s`;
}

function parametersText(parameters: PlanEvent['faults'][number]['parameters']): string {
  return Object.entries(parameters)
    .map(([name, value]) => ` ${name}=${String(value)}`)
    .join('');
}

function faultLine({ atMs, fault, target, parameters, lasts, healMs }: PlanEvent['faults'][number], durationMs: number): string {
  const isHealedBefore = healMs !== null && healMs < durationMs;
  const until = !lasts ? 'over at once' : isHealedBefore ? `healed at ${seconds(healMs)}` : 'until the heal';
  return printable(`           at ${seconds(atMs)}  ${fault} ${target}${parametersText(parameters)}, ${until}`);
}

function loadText({ durationMs, reads, updates, creates, deletes, purges }: PlanEvent['load']): string {
  const kinds = `${updates} updates, ${creates} creates, ${deletes} deletes, ${purges} purges`;
  return `${seconds(durationMs)} of load: ${reads} reads, ${updates + creates + deletes + purges} writes (${kinds})`;
}

function thresholdLine({ metric, threshold, abortOnFail, delayAbortEvalMs }: PlanEvent['thresholds'][number]): string {
  const aborts = abortOnFail ? `, ends the load when crossed${delayAbortEvalMs > 0 ? ` after ${seconds(delayAbortEvalMs)}` : ''}` : '';
  return printable(`threshold  ${metric} ${threshold}${aborts}`);
}

function requestLines({ kind, method, url, headers, body }: NonNullable<PlanEvent['requests']>[number]): readonly string[] {
  const more = [...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), ...(body === undefined ? [] : [body])];
  return [printable(`request    ${kind}: ${method} ${url}`), ...more.map((line) => printable(`             ${line}`))];
}

export function planLines(plan: PlanEvent): readonly string[] {
  const { regions, load, faults, steadyState, isJudgedAgain, settleMs, checks, thresholds, notes = [], requests = [] } = plan;
  const probes = steadyState.probes.flatMap((probe) => Object.entries(probe).map(([name, value]) => `${name} ${String(value)}`));
  const names = regions.map(({ region, delayMs, strategy }) => `${region} ${delayMs} ms ${strategy}`);
  return [
    printable(`regions    ${names.join(', ')}`),
    `warmup     ${load.keys} keys, each written and read in every region`,
    printable(`steady     ${steadyState.title} (${probes.join(', ')}); without a steady state nothing is broken`),
    `fault      ${loadText(load)}`,
    ...faults.map((fault) => faultLine(fault, load.durationMs)),
    'heal       everything',
    `settle     at most ${seconds(settleMs)}${isJudgedAgain ? ', then the steady state again' : ''}`,
    'final      every key read in every region',
    `checks     ${checks.join(', ')}`,
    ...thresholds.map(thresholdLine),
    ...notes.map((note) => printable(`live       ${note}`)),
    ...requests.flatMap(requestLines),
    'dry run: nothing was started',
  ];
}
