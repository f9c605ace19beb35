/**
 * A world whose acts are slow and fail: each takes up to six seconds, and fails before it has done anything, half way,
 * or after it has done all. What undoes them may fail once, or always.
 */

import type { EdgeConfigChange } from '../../../../services/protocol/edge-api.ts';
import { type Clock, sleep } from '../../../../services/runtime/clock.ts';
import type { Random } from '../../../../services/runtime/random.ts';
import { WorldFailed } from '../../../errors.ts';
import type { Clients } from '../../../system/clients.ts';
import { type EdgeUnderTest, need } from '../../../system/edges/edge.ts';
import type { World, WorldControl } from '../../../worlds/world.ts';

export interface Temper {
  /** One act in so many takes long. */
  readonly slowIn: number;
  /** One act in so many fails. undefined: none does. */
  readonly failsIn: number | undefined;
  /** One undo in so many fails once. */
  readonly undoFailsIn: number | undefined;
  /** What never can be undone. */
  readonly stuck: 'repair' | 'resume' | 'start' | undefined;
}

export interface UnsteadyOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly temper: Temper;
}

export interface Unsteady {
  readonly world: World;
  /** How many acts and undos were asked for so far. */
  readonly asked: () => number;
}

const ACT_MS_MAX = 6_000;
const UNDO_MS_MAX = 1_500;

type How = 'before' | 'half' | 'after' | undefined;

class Moods {
  readonly #options: UnsteadyOptions;
  #asked = 0;
  readonly #hasFailed = new Set<string>();

  constructor(options: UnsteadyOptions) {
    this.#options = options;
  }

  get asked(): number {
    return this.#asked;
  }

  async act<T>(done: () => Promise<T>, half: () => Promise<unknown> = done): Promise<T> {
    this.#asked += 1;
    const { random, temper, clock } = this.#options;
    const how = this.#drawHow();
    if (random.below(temper.slowIn) === 0) await sleep(clock, random.below(ACT_MS_MAX));
    if (how === 'half') await half();
    if (how === undefined || how === 'after') {
      const result = await done();
      if (how === undefined) return result;
    }
    throw new WorldFailed(`the act failed ${how}`);
  }

  /** `what` fails at most once. */
  async undo(name: Temper['stuck'], what: string, done: () => Promise<void>): Promise<void> {
    this.#asked += 1;
    const { random, temper, clock } = this.#options;
    await sleep(clock, random.below(UNDO_MS_MAX));
    if (name !== undefined && temper.stuck === name) throw new WorldFailed('cannot be undone');
    const fails = temper.undoFailsIn !== undefined && random.below(temper.undoFailsIn) === 0 && !this.#hasFailed.has(what);
    if (fails) this.#hasFailed.add(what);
    if (!fails || random.below(2) === 0) await done();
    if (fails) throw new WorldFailed('the undo failed once');
  }

  #drawHow(): How {
    const { random, temper } = this.#options;
    if (temper.failsIn === undefined || random.below(temper.failsIn) !== 0) return undefined;
    return (['before', 'half', 'after'] as const)[random.below(3)];
  }
}

export function unsteady(world: World, options: UnsteadyOptions): Unsteady {
  const moods = new Moods(options);
  return {
    world: { ...world, control: unsteadyControl(world.control, moods), openClients: () => unsteadyClients(world.openClients(), moods) },
    asked: () => moods.asked,
  };
}

function unsteadyControl(own: WorldControl, moods: Moods): WorldControl {
  return {
    register: (breakage) => own.register(breakage),
    record: (id, link) => own.record(id, link),
    probe: (link, bytes) => own.probe(link, bytes),
    inspect: (node) => own.inspect(node),
    impair: (id, link, direction, impairment) =>
      moods.act(
        () => own.impair(id, link, direction, impairment),
        () => own.impair(id, link, direction === 'both' ? 'there' : direction, impairment),
      ),
    isolate: (id, edge) => moods.act(() => own.isolate(id, edge)),
    damage: (id, node, damage) => moods.act(() => own.damage(id, node, damage)),
    reset: (id, link) => moods.act(() => own.reset(id, link)),
    pause: (node) => moods.act(() => own.pause(node)),
    kill: (node) => moods.act(() => own.kill(node)),
    repair: (id) => moods.undo('repair', `repair ${id}`, () => own.repair(id)),
    resume: (node) => moods.undo('resume', `resume ${node}`, () => own.resume(node)),
    // Of a restart it is the second half of the act.
    start: (node) => moods.undo('start', `start ${node}`, () => own.start(node)),
  };
}

/** What changes an edge is an act too, and what comes after it undoes it. */
function unsteadyClients(own: Clients, moods: Moods): Clients {
  const changed = new Set<string>();
  const configure = async (edge: EdgeUnderTest, change: EdgeConfigChange) => {
    const what = `${edge.region} ${Object.keys(change).join()}`;
    const done = () => need(edge, 'settings').change(change);
    if (!changed.has(what)) {
      changed.add(what);
      return moods.act(done);
    }
    await moods.undo(undefined, what, done);
    changed.delete(what);
  };
  const unsteadyEdge: Clients['edge'] = (region) => {
    const edge = own.edge(region);
    const settings = { ...need(edge, 'settings'), change: (change: EdgeConfigChange) => configure(edge, change) };
    return { ...edge, can: { ...edge.can, settings, flush: () => moods.act(need(edge, 'flush')) } };
  };
  return new Proxy(own, {
    get(target, name) {
      if (name === 'edge') return unsteadyEdge;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
