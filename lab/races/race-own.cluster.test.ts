/**
 * Races of our own edge in containers: with its Redis, Kafka between, and an upstream in a container that holds the
 * answers.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import type { TestCluster } from '../../vitest-context.d.ts';
import { OWN_TARGETS } from '../targets/own-targets.ts';
import { readTopology } from '../topology/topology.ts';
import { COMPOSE, variablesOf } from '../worlds/testing/docker-kit.ts';
import type { RaceResult } from './race.ts';
import { raceOwn } from './race-own.ts';
import { RACES } from './races.ts';

const run = promisify(execFile);
const provided = inject('cluster');
const cluster: TestCluster = provided ?? { project: '', state: '' };
/** A start takes half a minute, and a race two seconds. */
const MS_MAX = 600_000;

const nameOf = ({ race: name, way: { mode, type } }: RaceResult) => `${mode} ${type} ${name}`;

describe.skipIf(provided === undefined)('races in containers', { timeout: MS_MAX }, () => {
  it.each(['edgesync', 'edgesync-lazy'])('of our own edge (%s) are all right, and leave no container', async (name) => {
    const target = OWN_TARGETS.find((own) => own.name === name);
    if (target === undefined) throw new Error(`expected ${name} among our own edges`);
    const project = `${cluster.project}-races`;
    const { results, selfChecked, ended } = await raceOwn({
      target,
      backend: 'docker',
      topology: await readTopology({ file: COMPOSE, environment: process.env, freePorts: true, project }),
      seed: 1,
      races: RACES,
      // All of one type, and one of another, for the race that is of tags alone.
      takes: ({ mode, type }) => type === 'key' || (mode === 'soft' && type === 'tag'),
      variables: variablesOf(cluster),
      signal: new AbortController().signal,
      onStep: () => {},
      onResult: () => {},
    });
    expect([selfChecked.mistakes, ended]).toEqual([[], undefined]);
    expect(results.filter(({ outcome }) => outcome !== 'ok').map((result) => `${nameOf(result)}: ${result.why}`)).toEqual([]);
    expect(new Set(results.map(({ race }) => race))).toEqual(
      new Set(RACES.filter(({ tiers }) => tiers !== true).map(({ name: own }) => own)),
    );
    // That it did come to the race: what was held reached the edge only afterwards.
    expect(results.find((result) => nameOf(result) === 'hard key in-head')?.steps.map(({ text }) => text)).toContain('lets the answer go');
    const { stdout } = await run('docker', ['ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${project}`]);
    expect(stdout).toBe('');
  });
});
