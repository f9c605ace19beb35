/** A scenario as a file says it: what `parseScenario` reads back as the same. */

import { stringifyYaml } from '../input/yaml-source.ts';
import type { WrittenDeliver } from '../targets/deliver.ts';
import { toKept } from '../thresholds/threshold.ts';
import { writtenHypothesis } from './hypothesis.ts';
import type { ScheduledFault } from './method.ts';
import type { Scenario } from './scenario.ts';

const PERCENT_DIGITS = 6;

function toMs(ms: number): string {
  return `${ms}ms`;
}

function toShare(share: number): string {
  return `${Number((share * 100).toFixed(PERCENT_DIGITS))}%`;
}

function toStep({ atMs, fault, target, forMs, parameters }: ScheduledFault): Readonly<Record<string, unknown>> {
  return { at: toMs(atMs), fault, target, ...parameters, ...(forMs === undefined ? {} : { for: toMs(forMs) }) };
}

export function writtenScenario(scenario: Scenario): string {
  return stringifyYaml(toDocument(scenario));
}

/** The same before it is text. */
export function toDocument(scenario: Scenario): Readonly<Record<string, unknown>> {
  const { title, description, tags, seed, system, workload, method, settle, checks, staleness, hypothesis, thresholds } = scenario;
  const regions = Object.entries(system.regions).map(([region, { delay, strategy, lifetime, marks, hot, members }]) => [
    region,
    {
      ...(delay === undefined ? {} : { delay: toMs(delay) }),
      ...(strategy === undefined ? {} : { strategy }),
      ...(lifetime === undefined ? {} : { lifetime: toMs(lifetime) }),
      ...(marks === undefined ? {} : { marks }),
      ...(hot === undefined ? {} : { hot: toMs(hot) }),
      ...(members === undefined ? {} : { members }),
    },
  ]);
  const { duration, reads, writes, keys, skew, creates, deletes, purges, burst, ...shares } = workload;
  const rarer = Object.entries(shares).flatMap(([name, share]) => (share === undefined ? [] : [[name, toShare(share)]]));
  return {
    version: 1,
    title,
    ...(description === '' ? {} : { description }),
    tags,
    ...(seed === undefined ? {} : { seed }),
    system: {
      ...(system.only && { only: system.only }),
      ...(system.clocks && { clocks: system.clocks }),
      ...(system.lease === undefined ? {} : { lease: toMs(system.lease) }),
      ...(system.skew === undefined ? {} : { skew: toMs(system.skew) }),
      ...(system.breaker === undefined ? {} : { breaker: system.breaker }),
      ...(system.warming === undefined ? {} : { warming: system.warming }),
      ...(system.deliver && { deliver: writtenDeliverOf(system.deliver) }),
      ...(system['untagged-304'] && { 'untagged-304': true }),
      ...(system.shield && { shield: system.shield }),
      regions: Object.fromEntries(regions),
    },
    workload: {
      duration: toMs(duration),
      reads: `${reads}/s`,
      writes: `${writes}/s`,
      keys,
      skew,
      creates: toShare(creates),
      deletes: toShare(deletes),
      purges: toShare(purges),
      ...Object.fromEntries(rarer),
      ...(burst === undefined ? {} : { burst }),
    },
    ...(hypothesis === undefined ? {} : { 'steady-state-hypothesis': writtenHypothesis(hypothesis) }),
    method: method.map(toStep),
    settle: toMs(settle),
    checks,
    staleness,
    ...(thresholds.length === 0 ? {} : { thresholds: toKept(thresholds) }),
  };
}

function writtenDeliverOf(deliver: WrittenDeliver): unknown {
  return typeof deliver === 'string' ? deliver : { again: deliver.again.map(toMs) };
}
