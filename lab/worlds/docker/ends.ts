/**
 * Watches for containers that end though nobody asked them to, and for the end of the engine: then the world is lost.
 */
import type { Engine } from './engine.ts';
import { endOf } from './health.ts';

export interface WatchEndsOptions {
  readonly engine: Pick<Engine, 'watchEnds' | 'container'>;
  readonly project: string;
  /** Service by container id. */
  readonly services: ReadonlyMap<string, string>;
}

export interface Ends {
  readonly lost: Promise<string>;
  /**
   * Does what ends that container: this end is asked for. When it fails and the container runs on, the next end is not.
   */
  asked(id: string, act: () => Promise<void>): Promise<void>;
  close(): void;
}

export async function watchEnds({ engine, project, services }: WatchEndsOptions): Promise<Ends> {
  const expected = new Map<string, number>();
  const lost = Promise.withResolvers<string>();
  const takeBack = (id: string) => {
    const count = expected.get(id) ?? 0;
    if (count > 0) expected.set(id, count - 1);
    return count > 0;
  };
  const onEnd = (id: string) => {
    const service = services.get(id);
    if (takeBack(id)) return;
    if (service !== undefined) void reasonOf(engine, id, service).then(lost.resolve);
  };
  const stop = await engine.watchEnds(project, onEnd, () => lost.resolve('the Docker engine is gone'));
  return {
    lost: lost.promise,
    asked: async (id, act) => {
      expected.set(id, (expected.get(id) ?? 0) + 1);
      try {
        await act();
      } catch (error) {
        // It may have had its effect all the same: then the end that was asked for is still to be told.
        const facts = await engine.container(id).catch(() => undefined);
        if (facts !== undefined && facts.state !== 'stopped') takeBack(id);
        throw error;
      }
    },
    close: stop,
  };
}

async function reasonOf(engine: Pick<Engine, 'container'>, id: string, service: string): Promise<string> {
  const facts = await engine.container(id).catch(() => undefined);
  return `${service} ${facts === undefined ? 'was removed' : endOf(facts)}, and nobody here asked for it`;
}
