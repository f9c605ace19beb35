/**
 * Starts a world to play with. It returns at once; the start, and whatever comes of a command, is told by events.
 *
 * States: starting -> playing -> closing -> closed; starting | playing -> lost -> closing
 */
import type { Clock, Timer } from '../../services/runtime/clock.ts';
import type { Random } from '../../services/runtime/random.ts';
import type { Clients } from '../clients.ts';
import { EXIT, exitCodeOf, InvalidInput } from '../errors.ts';
import { ActiveFaults, type FaultChange } from '../faults/active-faults.ts';
import { traceWrite } from '../trace.ts';
import type { StartStep, World } from '../worlds/world.ts';
import { Judging } from './judging.ts';
import type { Judgement } from './live-judge.ts';
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
  readonly judging: Judging;
}

type Told<Event> = Event extends LiveEvent ? Omit<Event, 't'> : never;

class Lab implements LiveLab {
  readonly #options: StartLiveLabOptions;
  readonly #startedMs: number;
  readonly #closing = new AbortController();
  readonly #started: Promise<void>;
  /** The last change of settings asked for, by region. */
  readonly #configuring = new Map<string, Promise<void>>();
  /** When a fault ends by itself, by its id. */
  readonly #ends = new Map<string, { readonly atMs: number; readonly timer: Timer }>();
  #judging: Judging | undefined;
  #isTracing = false;
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
    const { startWorld, signal } = this.#options;
    const aborted = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    const world = await startWorld((step) => this.#tell({ type: 'step', ...step }), aborted);
    const clients = world.openClients();
    try {
      aborted.throwIfAborted();
      this.#playing = await this.#play(world, clients);
    } catch (error) {
      this.#judging?.close();
      await clients.close();
      await world.close();
      throw error;
    }
    void world.lost.then((why) => {
      if (this.#closed === undefined) this.#tell({ type: 'lost', why, exitCode: EXIT.failed });
    });
  }

  async #play(world: World, clients: Clients): Promise<Playing> {
    const { clock, random } = this.#options;
    const t = () => this.#t();
    const judging = new Judging({ world, clients, clock, t, onJudged: (judgement) => this.#onJudged(judgement) });
    this.#judging = judging;
    const context = { world, clients, clock, t };
    const faults = new ActiveFaults({ ...context, random: random.fork('faults'), onChange: (change) => this.#onFault(change) });
    const rates = { readsPerSecond: READS_PER_SECOND, writesPerSecond: WRITES_PER_SECOND };
    const load = await SteadyLoad.start({ ...context, ...rates, keys: KEYS, random: random.fork('load'), onEnded: judging.ended });
    const watch = new RegionWatch((tone, text) => this.#note(tone, text));
    const onObserved = (observation: Parameters<RegionWatch['observe']>[0]) => {
      watch.observe(observation);
      this.#tell({ type: 'observed', observation });
    };
    const { backend, originUrl, staysUp } = world;
    this.#tell({ type: 'ready', backend, originUrl, staysUp, regions: world.regions.map(({ region, url }) => ({ region, url })) });
    this.#tell({ type: 'load', rates });
    return { world, clients, faults, load, judging, observer: new Observer({ ...context, onObserved }) };
  }

  #onJudged({ verdict, found, staleness }: Judgement): void {
    for (const violation of found) this.#note('error', violation);
    this.#tell({ type: 'judged', verdict, staleness });
  }

  async #execute(command: LabCommand, playing: Playing): Promise<void> {
    const { load, faults } = playing;
    if (command.do === 'write') {
      const written = await load.write(command.count);
      const [first] = written;
      const said =
        written.length === 1 ? `${first?.key} is version ${first?.version} at the origin` : `${written.length} writes at the origin`;
      this.#note('info', said);
    } else if (command.do === 'inject') await this.#inject(command, faults);
    else if (command.do === 'heal') await faults.heal(command.id);
    else if (command.do === 'heal-all') await faults.healAll();
    else if (command.do === 'load') this.#changeLoad(command, load);
    else if (command.do === 'trace') await this.#trace(command.id, playing);
    else await this.#configure(command, playing);
  }

  async #inject({ fault, target, parameters = {}, forMs }: Extract<LabCommand, { do: 'inject' }>, faults: ActiveFaults): Promise<void> {
    const injected = await faults.inject({ fault, target, parameters });
    if (forMs === undefined) return;
    for (const { spec, injectedMs } of injected) {
      const { id } = spec;
      const atMs = injectedMs + forMs;
      const timer = this.#options.clock.setTimer(Math.max(0, atMs - this.#t()), () => this.do({ do: 'heal', id }));
      this.#ends.set(id, { atMs, timer });
    }
    this.#tellFaults();
  }

  #changeLoad({ do: _, ...rates }: Extract<LabCommand, { do: 'load' }>, load: SteadyLoad): void {
    load.change(rates);
    this.#tell({ type: 'load', rates: load.rates });
    this.#note('info', `load: ${load.rates.readsPerSecond} reads/s, ${load.rates.writesPerSecond} writes/s`);
  }

  /** One at a time. */
  async #trace(id: number, { world, clients, load }: Playing): Promise<void> {
    if (this.#isTracing) return;
    this.#isTracing = true;
    load.holdWrites(true);
    this.#tell({ type: 'trace-begun', id });
    try {
      const trace = await traceWrite({ world, clients, clock: this.#options.clock, id, signal: this.#closing.signal });
      this.#tell({ type: 'traced', trace });
    } catch (error) {
      this.#tell({ type: 'trace-failed', why: messageOf(error) });
    } finally {
      load.holdWrites(false);
      this.#isTracing = false;
    }
  }

  /** One after the other in each region, so that the last asked for is the one that stays. */
  #configure(command: Extract<LabCommand, { do: 'configure' }>, playing: Playing): Promise<void> {
    const before = this.#configuring.get(command.region) ?? Promise.resolve();
    const done = before.catch(() => {}).then(() => this.#configureNow(command, playing));
    this.#configuring.set(command.region, done);
    return done;
  }

  async #configureNow(command: Extract<LabCommand, { do: 'configure' }>, { world, clients, judging }: Playing): Promise<void> {
    const { do: _, region, ...change } = command;
    const found = world.regions.find((known) => known.region === region);
    if (found === undefined) throw new InvalidInput(`expected a region, got ${region}`);
    const begunMs = this.#t();
    await clients.configureEdge({ url: found.url, token: world.adminToken }, change);
    const { propagationDelayMs, strategy } = change;
    if (propagationDelayMs !== undefined) judging.delayChanged(region, begunMs, propagationDelayMs);
    const delay = propagationDelayMs === undefined ? [] : [`delay ${propagationDelayMs} ms`];
    this.#note('info', `${region}: ${[...delay, ...(strategy === undefined ? [] : [strategy])].join(', ')}`);
  }

  #onFault(change: FaultChange): void {
    const { event, effect, says, spec } = change;
    this.#judging?.faultChanged(change);
    if (event === 'healing') this.#ends.get(spec.id)?.timer.cancel();
    if (event === 'healed' && effect === 'confirmed') this.#ends.delete(spec.id);
    this.#tellFaults();
    if (event === 'injected' && effect === 'confirmed') this.#note('warning', says);
    else if (event === 'injected') this.#note('error', `${says}: no effect seen`);
    else if (event === 'healed' && effect === 'confirmed') this.#note('good', `healed: ${spec.fault} ${spec.target.text}`);
    else if (event === 'healed') this.#note('error', `could not heal: ${says}`);
  }

  #tellFaults(): void {
    const inForce = (this.#playing?.faults.inForce ?? []).map(({ spec, says, injectedMs, effect, state }) => ({
      id: spec.id,
      fault: spec.fault,
      target: spec.target.text,
      region: spec.target.region,
      says,
      injectedMs,
      endsMs: this.#ends.get(spec.id)?.atMs,
      effect,
      state,
    }));
    this.#tell({ type: 'faults', inForce });
  }

  async #close(): Promise<readonly string[]> {
    this.#closing.abort(new Error('the lab is closing'));
    await this.#started;
    if (this.#playing === undefined) return [];
    const { faults, load, judging, observer, clients, world } = this.#playing;
    load.close();
    judging.close();
    for (const { timer } of this.#ends.values()) timer.cancel();
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
