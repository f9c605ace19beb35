/** Over an engine that tells what a test says. */
import { describe, expect, it } from 'vitest';
import { type Ends, watchEnds } from './ends.ts';
import type { ContainerFacts } from './engine-facts.ts';

const ID = 'c0ffee';

interface Watched {
  readonly ends: Ends;
  /** The engine tells that the container ended. */
  readonly die: () => void;
  readonly state: { is: ContainerFacts['state'] };
  /** What the world has been told so far. */
  readonly lost: () => Promise<string | undefined>;
}

async function watched(): Promise<Watched> {
  const state: Watched['state'] = { is: 'running' };
  let die = () => {};
  const engine = {
    watchEnds: async (_project: string, onEnd: (id: string) => void) => {
      die = () => {
        state.is = 'stopped';
        onEnd(ID);
      };
      return () => {};
    },
    container: async (): Promise<ContainerFacts> => factsOf(state.is),
  };
  const ends = await watchEnds({ engine, project: 'p', services: new Map([[ID, 'kafka']]) });
  const nothingYet = new Promise<undefined>((resolve) => setImmediate(resolve, undefined));
  return { ends, die: () => die(), state, lost: () => Promise.race([ends.lost, nothingYet]) };
}

function factsOf(state: ContainerFacts['state']): ContainerFacts {
  return {
    id: ID,
    service: 'kafka',
    isOurs: true,
    state,
    health: undefined,
    healthCommand: undefined,
    exitCode: 137,
    outOfMemory: false,
    startedAt: '2026-01-01T00:00:00Z',
    environment: new Map(),
    ports: new Map(),
    networks: new Map(),
  };
}

describe('the end of a container', () => {
  it('that was asked for is none that loses the world; the one after it is', async () => {
    const { ends, die, lost } = await watched();
    await ends.asked(ID, async () => die());
    expect(await lost()).toBeUndefined();
    die();
    expect(await ends.lost).toContain('kafka');
  });

  it('is noticed after a kill that failed', async () => {
    const { ends, die } = await watched();
    const kill = ends.asked(ID, () => Promise.reject(new Error('kill: server error')));
    await expect(kill).rejects.toThrow('kill: server error');
    die();
    expect(await ends.lost).toContain('nobody here asked for it');
  });

  it('that a kill brought about is not held against the container, also when the engine answered the kill with an error', async () => {
    const { ends, die, state, lost } = await watched();
    const kill = ends.asked(ID, async () => {
      state.is = 'stopped';
      throw new Error('no answer');
    });
    await expect(kill).rejects.toThrow('no answer');
    die();
    expect(await lost()).toBeUndefined();
  });
});
