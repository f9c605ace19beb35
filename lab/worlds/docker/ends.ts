/** Watches for containers that end though nobody asked them to, and for the end of the engine: then the world is lost. */
import type { Engine } from './engine.ts';
import { endOf } from './health.ts';

export interface WatchEndsOptions {
  readonly engine: Engine;
  readonly project: string;
  /** Service by container id. */
  readonly services: ReadonlyMap<string, string>;
}

export interface Ends {
  readonly lost: Promise<string>;
  /** The next end of that container was asked for. */
  expect(id: string): void;
  close(): void;
}

export async function watchEnds({ engine, project, services }: WatchEndsOptions): Promise<Ends> {
  const expected = new Map<string, number>();
  const lost = Promise.withResolvers<string>();
  const onEnd = (id: string) => {
    const service = services.get(id);
    const count = expected.get(id) ?? 0;
    if (count > 0) expected.set(id, count - 1);
    else if (service !== undefined) void reasonOf(engine, id, service).then(lost.resolve);
  };
  const stop = await engine.watchEnds(project, onEnd, () => lost.resolve('the Docker engine is gone'));
  return {
    lost: lost.promise,
    expect: (id) => void expected.set(id, (expected.get(id) ?? 0) + 1),
    close: stop,
  };
}

async function reasonOf(engine: Engine, id: string, service: string): Promise<string> {
  const facts = await engine.container(id).catch(() => undefined);
  return `${service} ${facts === undefined ? 'was removed' : endOf(facts)}, and nobody here asked for it`;
}
