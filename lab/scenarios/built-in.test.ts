/**
 * The scenarios that come with the program, and the schema they name for editors. The committed schema is what the
 * program prints for `schema scenario`: `npm run docs` writes it.
 */
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseYaml } from '../input/yaml-source.ts';
import { readTopology } from '../topology/topology.ts';
import { scenarioJsonSchema } from './json-schema.ts';
import { readScenario } from './scenario.ts';
import { checkBackend, checkRegions, edgeCountsOf } from './world-check.ts';

const FOLDER = import.meta.dirname;
const FILES = (await readdir(FOLDER)).filter((file) => file.endsWith('.yaml'));
const schema = z.fromJSONSchema(scenarioJsonSchema());

describe.each(FILES)('%s', (file) => {
  it('can be read, and run in the embedded world of compose.yaml', async () => {
    const scenario = await readScenario(`${FOLDER}/${file}`);
    const { regions } = await readTopology({ file: `${FOLDER}/../../compose.yaml`, environment: {} });
    checkRegions(scenario, edgeCountsOf(regions));
    checkBackend(scenario, 'embedded');
    expect(scenario.description).not.toBe('');
  });

  it('is valid against the JSON Schema, which its first line names', async () => {
    const text = await readFile(`${FOLDER}/${file}`, 'utf8');
    expect(schema.safeParse(parseYaml(text, { file }).value).error).toBeUndefined();
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/scenario\.schema\.json\n/);
  });
});

describe('the JSON Schema of scenarios', () => {
  it('is the one committed beside them', async () => {
    expect(JSON.parse(await readFile(`${FOLDER}/scenario.schema.json`, 'utf8'))).toEqual(scenarioJsonSchema());
  });

  const cut = { at: '1s', fault: 'partition', target: 'edge:eu-west<->kafka' };
  const scenarioOf = (...method: readonly unknown[]) => ({
    version: 1,
    title: 't',
    workload: { duration: '5s', reads: '1/s', writes: '1/s', keys: 1 },
    method,
  });

  it.each([
    ['a link', cut],
    ['a lasting fault', { ...cut, for: '3s' }],
    ['parameters', { at: '1s', fault: 'latency', target: 'origin->postgres', latency: '1s' }],
    ['any node', { at: '1s', fault: 'kill', target: 'postgres' }],
    ['a word in place of a region', { at: '1s', fault: 'flush', target: 'redis:*' }],
  ])('allows %s', (_what, step) => {
    expect(schema.safeParse(scenarioOf(step)).error).toBeUndefined();
  });

  it.each([
    [
      'thresholds',
      { 'edge_hit_ratio{region:us-east}': ['rate>0.9'], staleness: [{ threshold: 'p(99.9) <= 1e3', abortOnFail: true }] },
      true,
    ],
    ['an unknown metric', { edge_hits: ['rate>0.9'] }, false],
    ['an aggregation of another type', { edge_reads: ['p(99)<1'] }, false],
    ['a threshold without a list', { edge_reads: 'count>1' }, false],
  ])('judges %s', (_what, thresholds, isRight) => {
    expect(schema.safeParse({ ...scenarioOf(), thresholds }).success).toBe(isRight);
  });

  it.each([
    ['every probe', [{ converged: true }, { 'error-ratio': '< 0.01' }, { 'hit-ratio': '>0.9' }, { p99: '< 210' }], true],
    ['no probe', [], false],
    ['a probe that is false', [{ converged: false }], false],
    ['an unknown probe', [{ p95: '< 1' }], false],
  ])('judges %s', (_what, probes, isRight) => {
    expect(schema.safeParse({ ...scenarioOf(), 'steady-state-hypothesis': { title: 't', probes } }).success).toBe(isRight);
  });

  it.each([
    ['a duration that is none', { duration: '0s' }],
    ['a duration of many zeros', { duration: '00.00m' }],
    ['no reads', { reads: '0/s' }],
    ['no writes', { writes: '0.0/s' }],
  ])('refuses %s', (_what, workload) => {
    const whole = scenarioOf();
    expect(schema.safeParse({ ...whole, workload: { ...whole.workload, ...workload } }).success).toBe(false);
  });

  it.each([
    ['an unknown fault', { ...cut, fault: 'partitoin' }],
    ['a target of another kind', { ...cut, target: 'edge:eu-west' }],
    ['a missing parameter', { ...cut, fault: 'latency' }],
    ['a parameter of another fault', { ...cut, latency: '1s' }],
    ['for of what is over at once', { at: '1s', fault: 'flush', target: 'redis:eu-west', for: '1s' }],
    ['a number for a time', { ...cut, at: 1 }],
    ['a time without unit', { ...cut, at: '1' }],
    ['a fault for no time', { ...cut, for: '0s' }],
  ])('refuses %s', (_what, step) => {
    expect(schema.safeParse(scenarioOf(step)).success).toBe(false);
  });
});
