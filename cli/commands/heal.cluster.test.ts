/** A lab that is gone in the middle of its faults, and the commands that mend what it left: as their users run them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import type { TestCluster } from '../../vitest-context.d.ts';
import { type Ended, type Running, startProgram } from '../testing/process.ts';

const provided = inject('cluster');
const cluster: TestCluster = provided ?? { project: '', state: '' };
const status = z.object({
  services: z.array(z.object({ service: z.string(), state: z.string(), since: z.string().nullable(), urls: z.array(z.string()) })),
  faults: z.array(z.string()),
});
const metrics = z.object({ propagationDelayMs: z.number() });
const proxies = z.record(z.string(), z.object({ toxics: z.array(z.object({ name: z.string() })) }));

function lab(...words: readonly string[]): Running {
  return startProgram(words, { env: { EDGESYNC_BACKEND: 'docker', XDG_STATE_HOME: cluster.state, EDGESYNC_PROJECT: cluster.project } });
}

async function statusNow(): Promise<z.infer<typeof status>> {
  return status.parse(JSON.parse((await lab('status', '--json').ended).stdout));
}

async function linksUrl(): Promise<string> {
  return (await statusNow()).services.find(({ service }) => service === 'links')?.urls[0] ?? '';
}

async function toxics(): Promise<readonly string[]> {
  const answer = proxies.parse(await (await fetch(`${await linksUrl()}/proxies`)).json());
  return Object.values(answer).flatMap((proxy) => proxy.toxics.map(({ name }) => name));
}

/** Resolves when that many faults are in force. */
async function untilInjected({ child }: Running, count: number): Promise<void> {
  let seen = '';
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk: string) => {
      seen += chunk;
      if (seen.split('"event":"injected"').length > count) resolve();
    });
  });
}

const SCENARIO = `version: 1
title: Three faults and no end
workload: { duration: 5m, reads: 10/s, writes: 1/s, keys: 5 }
method:
  - { at: 0s, fault: partition, target: 'edge:eu-west<->kafka' }
  - { at: 0s, fault: pause, target: 'redis:ap-south' }
  - { at: 0s, fault: kill, target: 'edge:us-east' }
`;

describe.skipIf(provided === undefined)('a cluster that a lab left broken', () => {
  let scenario = '';
  beforeAll(async () => {
    scenario = join(cluster.state, 'three-faults.yaml');
    await writeFile(scenario, SCENARIO);
    expect((await lab('up', '--ports', 'auto').ended).code).toBe(0);
  });
  afterEach(async () => {
    expect((await lab('heal').ended).code).toBe(0);
  });
  afterAll(async () => {
    expect((await statusNow()).services.filter(({ state }) => state !== 'running')).toEqual([]);
  });

  async function killedUnderThreeFaults(): Promise<void> {
    const running = lab('run', scenario, '--json');
    await untilInjected(running, 3);
    running.child.kill('SIGKILL');
    await running.ended;
  }

  it('by kill -9 in the middle of three faults is as before after heal, which says what it healed', async () => {
    const before = await statusNow();
    await killedUnderThreeFaults();
    const broken = await statusNow();
    expect(broken.faults).toHaveLength(3);
    expect(broken.services.filter(({ state }) => state !== 'running').map(({ service, state }) => [service, state])).toEqual([
      ['redis-ap-south', 'paused'],
      ['edge-us-east', 'stopped'],
    ]);
    expect(await toxics()).toHaveLength(2);
    const { code, stdout } = await lab('heal').ended;
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.startsWith('healed: '))).toHaveLength(3);
    const after = await statusNow();
    expect(after.faults).toEqual([]);
    expect(after.services.map(({ service, state }) => [service, state])).toEqual(
      before.services.map(({ service, state }) => [service, state]),
    );
    expect(await toxics()).toEqual([]);
    expect(await lab('heal').ended).toMatchObject({ code: 0, stdout: 'nothing to heal\n' });
  });

  it('is healed by the next start too, before anything else', async () => {
    await killedUnderThreeFaults();
    const { code, stderr } = await lab('trace', '1').ended;
    expect(code, stderr).toBe(0);
    expect(stderr.match(/healed what was left/g)).toHaveLength(3);
    expect((await statusNow()).faults).toEqual([]);
  });

  it('keeps what somebody else did to it', async () => {
    const url = `${await linksUrl()}/proxies/eu-west-origin/toxics`;
    const body = JSON.stringify({ name: 'not-ours', type: 'latency', stream: 'upstream', attributes: { latency: 1 } });
    await fetch(url, { method: 'POST', body });
    await lab('fault', 'partition', 'edge:eu-west->origin').ended;
    expect(await toxics()).toHaveLength(2);
    expect((await lab('heal').ended).code).toBe(0);
    expect(await toxics()).toEqual(['not-ours']);
    await fetch(`${url}/not-ours`, { method: 'DELETE' });
  });

  it('cannot be healed without its engine: 111 with the list, which is kept', async () => {
    expect((await lab('fault', 'pause', 'redis:eu-west').ended).code).toBe(0);
    const nowhere = { EDGESYNC_PROJECT: cluster.project, XDG_STATE_HOME: cluster.state, DOCKER_HOST: 'unix:///nowhere.sock' };
    const { code, stderr } = await startProgram(['heal'], { env: nowhere }).ended;
    expect(code).toBe(111);
    expect(stderr).toMatch(/could not heal: redis:eu-west is paused \(no Docker engine listens on \/nowhere\.sock/);
    expect(stderr).toContain(`edgesync-lab down --project ${cluster.project}`);
    expect((await statusNow()).faults).toEqual(['redis:eu-west is paused']);
    expect((await lab('heal').ended).code).toBe(0);
  });

  it('names the lab that has it to a second one', async () => {
    const running = lab('fault', 'latency', 'edge:eu-west->origin', 'latency=10ms', '--for', '1m');
    await running.says('is late by 10 ms');
    const second = await lab('heal').ended;
    expect(second.code).toBe(107);
    expect(second.stderr).toContain(`another lab (pid ${running.child.pid})`);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(105);
    expect(await toxics()).toEqual([]);
  });
});

describe.skipIf(provided === undefined)('fault', () => {
  const cases: readonly (readonly [words: readonly string[], says: RegExp])[] = [
    [['partition', 'edge:eu-west<->kafka'], /edge:eu-west<->kafka is cut/],
    [['propagation-delay', 'edge:us-east', 'delay=5s'], /edge:us-east applies invalidations after 5000 ms/],
    [['isolate', 'edge:ap-south'], /edge:ap-south is isolated/],
  ];

  it.each(cases)('%j stays until heal', async (words, says) => {
    const { code, stdout } = await lab('fault', ...words).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(says);
    expect(stdout).toContain(`the fault stays until: npx edgesync-lab heal --project ${cluster.project}`);
    expect((await statusNow()).faults).toHaveLength(1);
    const again: Ended = await lab('fault', ...words).ended;
    if (words[0] !== 'partition') expect(again.code).not.toBe(0);
    expect((await lab('heal').ended).code).toBe(0);
    expect((await statusNow()).faults).toEqual([]);
  });

  it('that an earlier command left outlives the end of its edge by a later one, and heal leads back from the middle of it', async () => {
    const delay = async () => {
      const url = (await statusNow()).services.find(({ service }) => service === 'edge-us-east')?.urls[0] ?? '';
      return metrics.parse(await (await fetch(`${url}/metrics`)).json()).propagationDelayMs;
    };
    const before = await delay();
    expect((await lab('fault', 'propagation-delay', 'edge:us-east', 'delay=5s').ended).code).toBe(0);
    expect((await lab('fault', 'kill', 'edge:us-east', '--for', '1s').ended).code).toBe(0);
    expect(await delay()).toBe(5_000);
    expect((await statusNow()).faults).toEqual(['edge:us-east is under propagation-delay']);
    expect((await lab('fault', 'kill', 'edge:us-east').ended).code).toBe(0);
    expect((await statusNow()).faults).toHaveLength(2);
    expect((await lab('heal').ended).code).toBe(0);
    expect((await statusNow()).faults).toEqual([]);
    expect(await delay()).toBe(before);
  });

  it('with --for is healed after that time', async () => {
    const { code } = await lab('fault', 'partition', 'origin<->kafka', '--for', '1s').ended;
    expect(code).toBe(0);
    expect((await statusNow()).faults).toEqual([]);
    expect(await toxics()).toEqual([]);
  });

  it.each([
    [['partitoin', 'edge:eu-west<->kafka'], 104, 'did you mean partition'],
    [['latency', 'edge:eu-west->origin'], 104, 'latency: missing'],
    [['latency', 'edge:eu-west->origin', 'latency'], 104, 'expected a parameter such as latency=200ms'],
    [['reset', 'edge:eu-west->origin', '--for', '1s'], 104, 'takes no for'],
    [['pause', 'edge:mars'], 104, 'expected a region'],
  ])('%j is refused', async (words, code, says) => {
    const ended = await lab('fault', ...words).ended;
    expect(ended.code).toBe(code);
    expect(ended.stderr).toContain(says);
  });

  it('needs a cluster that runs', async () => {
    const ended = await startProgram(['fault', 'pause', 'origin', '--project', `${cluster.project}-none`], {
      env: { XDG_STATE_HOME: cluster.state },
    }).ended;
    expect(ended.code).toBe(107);
    expect(ended.stderr).toContain('does not run. Start it: npx edgesync-lab up --backend docker');
  });
});
