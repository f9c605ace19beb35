/**
 * Starts a world to play with. It returns at once; the start, and whatever comes of a command, is told by events.
 *
 * States: starting -> playing -> closing -> closed; starting | playing -> lost -> closing
 */
import type { Clock, Timer } from '../../services/runtime/clock.ts';
import type { Random } from '../../services/runtime/random.ts';
import { EXIT, exitCodeOf, InvalidInput } from '../errors.ts';
import { ActiveFaults, type FaultChange } from '../faults/active-faults.ts';
import type { Clients } from '../system/clients.ts';
import type { StartStep, World } from '../worlds/world.ts';
import type { Catalogue } from './catalogue.ts';
import { type Commanded, execute } from './commands.ts';
import { Experiments } from './experiments.ts';
import { faultView } from './fault-view.ts';
import { Judging } from './judging.ts';
import type { Judgement } from './live-judge.ts';
import type { LiveLab } from './live-lab.ts';
import { Observer } from './observer.ts';
import type { Commands, LabCommand, LiveEvent, Told, Tone } from './protocol.ts';
import { RegionSettings } from './region-settings.ts';
import { RegionWatch } from './region-watch.ts';
import { ScenarioRuns } from './scenario-runs.ts';
import { SteadyLoad } from './steady-load.ts';

export interface StartLiveLabOptions {
  readonly startWorld: (onStep: (step: StartStep) => void, signal: AbortSignal) => Promise<World>;
  readonly clock: Clock;
  readonly random: Random;
  readonly onEvent: (event: LiveEvent) => void;
  /** The scenarios that can be run. */
  readonly catalogue: Catalogue;
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
interface Playing extends Commanded {
  readonly world: World;
  readonly clients: Clients;
  readonly observer: Observer;
  readonly judging: Judging;
}

class Lab implements LiveLab {
  readonly #options: StartLiveLabOptions;
  readonly #startedMs: number;
  readonly #closing = new AbortController();
  readonly #started: Promise<void>;
  /** When a fault ends by itself, by its id. */
  readonly #ends = new Map<string, { readonly atMs: number; readonly timer: Timer }>();
  #judging: Judging | undefined;
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
    execute(command.do, command, this.#playing).catch((error: unknown) => {
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
    const world = await startWorld((step) => this.#tell({ type: 'Step', ...step }), aborted);
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
    const judging = new Judging({ world, clock, t, onJudged: (judgement) => this.#onJudged(judgement) });
    this.#judging = judging;
    const context = { world, clients, clock, t };
    const faults = new ActiveFaults({ ...context, random: random.fork('faults'), onChange: (change) => this.#onFault(change) });
    const rates = { readsPerSecond: READS_PER_SECOND, writesPerSecond: WRITES_PER_SECOND };
    const load = await SteadyLoad.start({ ...context, ...rates, keys: KEYS, random: random.fork('load'), onEnded: judging.ended });
    const watch = new RegionWatch((tone, text) => this.#note(tone, text));
    const onObserved = (observation: Parameters<RegionWatch['observe']>[0]) => {
      watch.observe(observation);
      judging.observed(observation);
      this.#tell({ type: 'observed', observation });
    };
    const { backend, originUrl, staysUp } = world;
    this.#tell({ type: 'ready', backend, originUrl, staysUp, regions: world.regions.map(({ region, url }) => ({ region, url })) });
    this.#tell({ type: 'load', rates });
    const { catalogue } = this.#options;
    const tell = (event: Told<LiveEvent>) => this.#tell(event);
    const shared = { ...context, catalogue, load, tell };
    return {
      ...{ world, clients, faults, load, judging, tell },
      note: (tone, text) => this.#note(tone, text),
      inject: (command) => this.#inject(command, faults),
      healDue: () => this.#healDue(faults),
      runs: new ScenarioRuns({ ...shared, faults, judging, onFaults: () => this.#tellFaults() }),
      experiments: new Experiments({ ...shared, signal: this.#closing.signal }),
      settings: new RegionSettings({ world, onSet: (says) => this.#note('info', says) }),
      observer: new Observer({ ...context, onObserved }),
    };
  }

  #onJudged({ verdict, found, staleness }: Judgement): void {
    for (const violation of found) this.#note('error', violation);
    this.#tell({ type: 'judged', verdict, staleness });
  }

  async #inject({ fault, target, parameters = {}, forMs }: Commands['inject'], faults: ActiveFaults): Promise<void> {
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

  async #healDue(faults: ActiveFaults): Promise<void> {
    const due = [...this.#ends].filter(([, { atMs }]) => atMs <= this.#t());
    await Promise.all(due.map(([id]) => faults.heal(id)));
  }

  #onFault(change: FaultChange): void {
    const { event, effect, says, spec } = change;
    this.#judging?.faultChanged(change);
    if (event === 'healing' || event === 'healed') this.#ends.get(spec.id)?.timer.cancel();
    if (event === 'healed' && effect === 'confirmed') this.#ends.delete(spec.id);
    this.#tellFaults();
    if (event === 'injected' && effect === 'confirmed') this.#note('warning', says);
    else if (event === 'injected') this.#note('error', `${says}: no effect seen`);
    else if (event === 'healed' && effect === 'confirmed') this.#note('good', `healed: ${spec.fault} ${spec.target.text}`);
    else if (event === 'healed') this.#note('error', `could not heal: ${says}`);
  }

  #tellFaults(): void {
    const inForce = (this.#playing?.faults.inForce ?? []).map((fault) => faultView(fault, this.#ends.get(fault.spec.id)?.atMs));
    this.#tell({ type: 'faults', inForce: [...inForce, ...(this.#playing?.runs.inForce ?? [])] });
  }

  async #close(): Promise<readonly string[]> {
    this.#closing.abort(new Error('the lab is closing'));
    await this.#started;
    if (this.#playing === undefined) return [];
    const { faults, load, judging, observer, clients, world, runs } = this.#playing;
    await Promise.race([runs.abort(), world.lost]);
    load.close();
    judging.close();
    for (const { timer } of this.#ends.values()) timer.cancel();
    const left = await Promise.race([this.#healAll(faults, runs), world.lost.then(() => [])]);
    // Also of a world that is lost: it undoes what it has written down as it closes.
    await faults.end();
    await observer.close();
    await clients.close();
    await world.close();
    return left;
  }

  async #healAll(faults: ActiveFaults, runs: ScenarioRuns): Promise<readonly string[]> {
    await faults.end();
    return [...(await faults.healAll()), ...runs.inForce.map(({ says }) => says)];
  }

  #note(tone: Tone, text: string): void {
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
