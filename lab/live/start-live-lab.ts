/**
 * Starts a world to play with. It returns at once; the start, and whatever comes of a command, is told by events.
 *
 * States: starting -> playing -> closing -> closed; starting | playing -> lost -> closing
 */
import type { Clock } from '../../services/runtime/clock.ts';
import type { Random } from '../../services/runtime/random.ts';
import type { Clients } from '../clients.ts';
import { EXIT, exitCodeOf, InvalidInput } from '../errors.ts';
import { ActiveFaults, type FaultChange } from '../faults/active-faults.ts';
import type { StartStep, World } from '../worlds/world.ts';
import type { LabCommand, LiveEvent, LiveLab } from './live-lab.ts';
import { Observer } from './observer.ts';
import { RegionWatch } from './region-watch.ts';
import { SteadyLoad } from './steady-load.ts';

export interface StartLiveLabOptions {
  readonly startWorld: (onStep: (step: StartStep) => void, signal: AbortSignal) => Promise<World>;
  readonly clock: Clock;
  readonly random: Random;
  readonly onEvent: (event: LiveEvent) => void;
  /** Ends a start that is under way. `close` is still to be called. */
  readonly signal?: AbortSignal;
  /** Monotonic time that `t` of the events counts from; now when left out. */
  readonly startedMs?: number;
}

const KEYS = 12;
const READS_PER_SECOND = 60;
const WRITES_PER_SECOND = 1;

export function startLiveLab(options: StartLiveLabOptions): LiveLab {
  return new Lab(options);
}

/** What there is once the world is up. */
interface Playing {
  readonly world: World;
  readonly clients: Clients;
  readonly faults: ActiveFaults;
  readonly observer: Observer;
  readonly load: SteadyLoad;
}

type Told<Event> = Event extends LiveEvent ? Omit<Event, 't'> : never;

class Lab implements LiveLab {
  readonly #options: StartLiveLabOptions;
  readonly #startedMs: number;
  readonly #closing = new AbortController();
  readonly #started: Promise<void>;
  /** The last change of settings asked for, by region. */
  readonly #configuring = new Map<string, Promise<void>>();
  #playing: Playing | undefined;
  #closed: Promise<readonly string[]> | undefined;

  constructor(options: StartLiveLabOptions) {
    this.#options = options;
    this.#startedMs = options.startedMs ?? options.clock.monotonicMs();
    this.#started = this.#start().catch((error: unknown) =>
      this.#tell({ type: 'lost', why: messageOf(error), exitCode: exitCodeOf(error) }),
    );
  }

  do(command: LabCommand): void {
    if (this.#playing === undefined || this.#closed !== undefined) return;
    this.#execute(command, this.#playing).catch((error: unknown) => {
      this.#note(error instanceof InvalidInput ? 'warning' : 'error', messageOf(error));
    });
  }

  close(): Promise<readonly string[]> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #start(): Promise<void> {
    const { startWorld, clock, random, signal } = this.#options;
    const aborted = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    const t = () => this.#t();
    const world = await startWorld((step) => this.#tell({ type: 'step', ...step }), aborted);
    const clients = world.openClients();
    try {
      aborted.throwIfAborted();
      const faults = new ActiveFaults({
        world,
        clients,
        clock,
        random: random.fork('faults'),
        t,
        onChange: (change) => this.#onFault(change),
      });
      const rates = { keys: KEYS, readsPerSecond: READS_PER_SECOND, writesPerSecond: WRITES_PER_SECOND };
      const load = await SteadyLoad.start({ world, clients, clock, random: random.fork('load'), ...rates });
      const watch = new RegionWatch((tone, text) => this.#note(tone, text));
      const onObserved = (observation: Parameters<RegionWatch['observe']>[0]) => {
        watch.observe(observation);
        this.#tell({ type: 'observed', observation });
      };
      const { backend, originUrl, staysUp } = world;
      this.#tell({ type: 'ready', backend, originUrl, staysUp, regions: world.regions.map(({ region, url }) => ({ region, url })) });
      this.#playing = { world, clients, faults, load, observer: new Observer({ world, clients, clock, t, onObserved }) };
    } catch (error) {
      await clients.close();
      await world.close();
      throw error;
    }
    void world.lost.then((why) => {
      if (this.#closed === undefined) this.#tell({ type: 'lost', why, exitCode: EXIT.failed });
    });
  }

  async #execute(command: LabCommand, playing: Playing): Promise<void> {
    const { load, faults } = playing;
    if (command.do === 'write') {
      const written = await load.write(command.count);
      const [first] = written;
      const said =
        written.length === 1 ? `${first?.key} is version ${first?.version} at the origin` : `${written.length} writes at the origin`;
      this.#note('info', said);
    } else if (command.do === 'inject') {
      const { fault, target, parameters = {} } = command;
      await faults.inject({ fault, target, parameters });
    } else if (command.do === 'heal') await faults.heal(command.id);
    else if (command.do === 'heal-all') await faults.healAll();
    else await this.#configure(command, playing);
  }

  /** One after the other in each region, so that the last asked for is the one that stays. */
  #configure(command: Extract<LabCommand, { do: 'configure' }>, playing: Playing): Promise<void> {
    const before = this.#configuring.get(command.region) ?? Promise.resolve();
    const done = before.catch(() => {}).then(() => this.#configureNow(command, playing));
    this.#configuring.set(command.region, done);
    return done;
  }

  async #configureNow(command: Extract<LabCommand, { do: 'configure' }>, { world, clients }: Playing): Promise<void> {
    const { do: _, region, ...change } = command;
    const found = world.regions.find((known) => known.region === region);
    if (found === undefined) throw new InvalidInput(`expected a region, got ${region}`);
    await clients.configureEdge({ url: found.url, token: world.adminToken }, change);
    const { propagationDelayMs, strategy } = change;
    const delay = propagationDelayMs === undefined ? [] : [`delay ${propagationDelayMs} ms`];
    this.#note('info', `${region}: ${[...delay, ...(strategy === undefined ? [] : [strategy])].join(', ')}`);
  }

  #onFault({ event, effect, says, spec }: FaultChange): void {
    const inForce = this.#playing?.faults.inForce ?? [];
    const views = inForce.map((active) => ({
      id: active.spec.id,
      fault: active.spec.fault,
      target: active.spec.target.text,
      region: active.spec.target.region,
      says: active.says,
      injectedMs: active.injectedMs,
      effect: active.effect,
      state: active.state,
    }));
    this.#tell({ type: 'faults', inForce: views });
    if (event === 'injected' && effect === 'confirmed') this.#note('warning', says);
    else if (event === 'injected') this.#note('error', `${says}: no effect seen`);
    else if (event === 'healed' && effect === 'confirmed') this.#note('good', `healed: ${spec.fault} ${spec.target.text}`);
    else if (event === 'healed') this.#note('error', `could not heal: ${says}`);
  }

  async #close(): Promise<readonly string[]> {
    this.#closing.abort(new Error('the lab is closing'));
    await this.#started;
    if (this.#playing === undefined) return [];
    const { faults, load, observer, clients, world } = this.#playing;
    load.close();
    const left = await Promise.race([faults.healAll(), world.lost.then(() => [])]);
    await observer.close();
    await clients.close();
    await world.close();
    return left;
  }

  #note(tone: Extract<LiveEvent, { type: 'note' }>['tone'], text: string): void {
    this.#tell({ type: 'note', tone, text });
  }

  #tell(event: Told<LiveEvent>): void {
    this.#options.onEvent({ t: this.#t(), ...event } as LiveEvent);
  }

  #t(): number {
    return Math.round(this.#options.clock.monotonicMs() - this.#startedMs);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
