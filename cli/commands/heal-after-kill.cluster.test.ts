/**
 * A lab killed with SIGKILL at a moment that the test chooses: before its request is done, between two of them or
 * before it hears of the answer, afterwards, while it heals. Then `heal`: nothing is left. A few of all the cases,
 * unless EDGESYNC_KILLS=all.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { brokenInCluster, dockerRegions } from '../../lab/faults/testing/trials/docker-stage.ts';
import { HeldRequests } from '../../lab/testing/held-requests.ts';
import { readTopology, type Topology } from '../../lab/topology/topology.ts';
import { findEngineAddress } from '../../lab/worlds/docker/engine-address.ts';
import { COMPOSE, variablesOf } from '../../lab/worlds/testing/docker-kit.ts';
import type { WorldRegion } from '../../lab/worlds/world.ts';
import type { TestCluster } from '../../vitest-context.d.ts';
import { type Running, startProgram } from '../testing/process.ts';

const provided = inject('cluster');
const cluster: TestCluster = provided ?? { project: '', state: '' };

type Moment = 'before' | 'late' | 'during' | 'after' | 'heal';

interface Kind {
  readonly words: readonly string[];
  /** Its act, as the engine or a service is asked for it. */
  readonly act: RegExp;
  /** Which of such requests is the second half of the act; left out: the answer of the first is all there is. */
  readonly second?: { readonly asked: RegExp; readonly nth: number };
  /** What undoes it. */
  readonly undo?: { readonly asked: RegExp; readonly nth: number };
  readonly lasts: boolean;
  /**
   * Its answer is a stream, which nobody can be given later: lab/worlds/docker/control.test.ts lets such an act come
   * late.
   */
  readonly isStreamed?: true;
}

const link = (words: readonly string[]): Kind => ({
  words,
  act: /^links POST \/proxies\/[\w-]+\/toxics$/,
  second: { asked: /^links POST \/proxies\/[\w-]+\/toxics$/, nth: 2 },
  undo: { asked: /^links DELETE /, nth: 1 },
  lasts: true,
});
const container = (words: readonly string[], act: string, undo: string): Kind => ({
  words,
  act: new RegExp(`^engine POST .*/${act}\\b`),
  undo: { asked: new RegExp(`^engine POST .*/${undo}\\b`), nth: 1 },
  lasts: true,
});
const CONFIG = /^edge-\S+ PUT \/admin\/config/;
const setting = (words: readonly string[]): Kind => ({ words, act: CONFIG, undo: { asked: CONFIG, nth: 2 }, lasts: true });
const SWITCH = /^links POST \/proxies\/[\w-]+$/;
/** A command in a container. */
const EXEC = /^engine POST .*\/exec\/\w+\/start\b/;
const START = /^engine POST .*\/start\b/;

const KINDS: Readonly<Record<string, Kind>> = {
  partition: link(['partition', 'edge:eu-west<->kafka']),
  latency: link(['latency', 'edge:us-east<->origin', 'latency=100ms']),
  bandwidth: link(['bandwidth', 'origin<->kafka', 'rate=50']),
  isolate: container(['isolate', 'edge:ap-south'], 'disconnect', 'connect'),
  pause: container(['pause', 'redis:eu-west'], 'pause', 'unpause'),
  kill: container(['kill', 'edge:us-east'], 'kill', 'start'),
  'propagation-delay': setting(['propagation-delay', 'edge:us-east', 'delay=3s']),
  strategy: setting(['strategy', 'edge:us-east', 'strategy=lazy']),
  restart: {
    words: ['restart', 'redis:ap-south'],
    act: /^engine POST .*\/kill\b/,
    second: { asked: START, nth: 1 },
    undo: { asked: START, nth: 2 },
    lasts: false,
  },
  reset: {
    words: ['reset', 'edge:eu-west<->origin'],
    act: SWITCH,
    second: { asked: SWITCH, nth: 2 },
    undo: { asked: SWITCH, nth: 3 },
    lasts: false,
  },
  'read-only': {
    words: ['read-only', 'redis:eu-west'],
    act: EXEC,
    // After it the server is asked whether it refuses.
    undo: { asked: EXEC, nth: 3 },
    lasts: true,
    isStreamed: true,
  },
  evict: { words: ['evict', 'redis:us-east'], act: EXEC, lasts: false },
  flush: { words: ['flush', 'redis:us-east'], act: /^edge-\S+ POST \/admin\/flush/, lasts: false },
};

function momentsOf({ lasts, undo, isStreamed }: Kind): readonly Moment[] {
  const whereUndone: readonly Moment[] = undo === undefined ? [] : isStreamed ? ['heal'] : ['late', 'heal'];
  return ['before', 'during', ...whereUndone, ...(lasts ? (['after'] as const) : [])];
}

const ALL = Object.entries(KINDS).flatMap(([name, kind]) => momentsOf(kind).map((moment) => [name, moment, kind] as const));
const FEW = ['partition during', 'kill late', 'isolate before', 'reset during', 'pause heal', 'propagation-delay late', 'read-only heal'];
const CASES = process.env['EDGESYNC_KILLS'] === 'all' ? ALL : ALL.filter(([name, moment]) => FEW.includes(`${name} ${moment}`));

describe.skipIf(provided === undefined)('after kill -9 of a lab', () => {
  let folder = '';
  let held: HeldRequests;
  let topology: Topology;
  let regions: readonly WorldRegion[];

  beforeAll(async () => {
    const address = await findEngineAddress(process.env);
    if (address === undefined || !('socketPath' in address)) throw new Error('expected an engine at a socket');
    folder = await mkdtemp(join(tmpdir(), 'edgesync-kill-'));
    held = await HeldRequests.start({ engineSocket: address.socketPath, socket: join(folder, 'engine.sock') });
    expect((await program(['up', '--ports', 'auto']).ended).code).toBe(0);
    topology = await readTopology({ file: COMPOSE, environment: {}, project: cluster.project });
    regions = await dockerRegions({ topology, variables: variablesOf(cluster) });
  });
  afterEach(() => held.forget());
  afterAll(async () => {
    await held?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** `behind` the socket that holds requests. */
  function program(words: readonly string[], behind = false): Running {
    const env = { EDGESYNC_BACKEND: 'docker', XDG_STATE_HOME: cluster.state, EDGESYNC_PROJECT: cluster.project };
    return startProgram(words, { env: behind ? { ...env, DOCKER_HOST: held.dockerHost } : env });
  }

  async function killed({ child, ended }: Running): Promise<void> {
    child.kill('SIGKILL');
    await ended;
  }

  /** Resolves when the lab is gone; what it asked for last may still be done, by what is answered. */
  async function killAt(moment: Moment, { words, act, second, undo, lasts }: Kind): Promise<(() => Promise<void>) | undefined> {
    const long = lasts ? ['--for', moment === 'heal' ? '300ms' : '60s'] : [];
    const asked =
      moment === 'after'
        ? undefined
        : moment === 'heal'
          ? held.next(undo?.asked ?? act, { nth: undo?.nth ?? 1 })
          : moment === 'during'
            ? held.next(second?.asked ?? act, { nth: second?.nth ?? 1, until: second === undefined ? 'answered' : 'asked' })
            : held.next(act);
    const lab = program(['fault', ...words, ...long], true);
    lab.child.stderr?.on('data', () => {});
    if (asked === undefined) {
      await lab.says(words[1] ?? '');
      await killed(lab);
      return undefined;
    }
    const request = await Promise.race([asked, lab.ended.then(({ stdout, stderr }) => Promise.reject(new Error(`${stdout}${stderr}`)))]);
    await killed(lab);
    if (moment === 'late') return () => request.release();
    request.drop();
    return undefined;
  }

  it.each(CASES)('%s, %s: heal leaves nothing', async (_name, moment, kind) => {
    const land = await killAt(moment, kind);
    const looked = land === undefined ? undefined : held.next(/^engine GET .*\/containers\/json/, { until: 'answered' });
    const healing = program(['heal'], land !== undefined);
    if (looked !== undefined && land !== undefined) {
      // It has looked at the containers: now what the dead lab asked for is done.
      const request = await looked;
      await land();
      await request.release();
    }
    const { code, stdout, stderr } = await healing.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain('could not');
    expect(await brokenInCluster({ topology, variables: variablesOf(cluster) }, regions)).toEqual([]);
  });
});
