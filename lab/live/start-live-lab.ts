/**
 * Starts a world to play with. It returns at once; the start, and whatever comes of a command, is told by events.
 *
 * States: starting -> playing -> closing -> closed; starting | playing -> lost -> closing
 */
import type { Clock } from '../../services/runtime/clock.ts';
import type { Random } from '../../services/runtime/random.ts';
import { EXIT, exitCodeOf, InvalidInput } from '../errors.ts';
import type { FaultChange, FaultInForce } from '../faults/active-faults.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { Session } from '../session/session.ts';
import type { StartStep, World } from '../worlds/world.ts';
import type { Catalogue } from './catalogue.ts';
import { type Commanded, execute } from './commands.ts';
import { Experiments } from './experiments.ts';
import { type Judged, Judging } from './judging.ts';
import type { LiveLab } from './live-lab.ts';
import { Mystery } from './mystery.ts';
import { Observer } from './observer.ts';
import { PlayedRaces, type RaceTargets } from './played-races.ts';
import type { FaultView, LabCommand, LiveEvent, Observation, Told, Tone } from './protocol.ts';
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
  /** The caches that can be raced. Left out: none. */
  readonly targets?: RaceTargets;
  /**
   * The known bug that the world was started with, for somebody to find, and the command that starts such a world
   * again.
   */
  readonly hidden?: { readonly mutant: Mutant; readonly again: string } | undefined;
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
  readonly observer: Observer;
  readonly judging: Judging;
}

class Lab implements LiveLab {
  readonly #options: StartLiveLabOptions;
  readonly #startedMs: number;
  readonly #closing = new AbortController();
  readonly #started: Promise<void>;
  #judging: Judging | undefined;
  #playing: Playing | undefined;
  #closed: Promise<readonly string[]> | undefined;

  constructor(options: StartLiveLabOptions) {
    this.#options = options;
    this.#startedMs = options.startedMs ?? options.clock.monotonicMs();
    this.#started = this.#start().catch((error: unknown) => {
      // A start that is left is no loss.
      if (error === this.#closing.signal.reason) return;
      this.#tell({ type: 'lost', why: messageOf(error), exitCode: exitCodeOf(error) });
    });
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
    const { startWorld, clock, random, signal } = this.#options;
    const aborted = AbortSignal.any([this.#closing.signal, ...(signal === undefined ? [] : [signal])]);
    const world = await startWorld((step) => this.#tell({ type: 'Step', ...step }), aborted);
    const session = new Session({ world, clock, random: random.fork('faults'), startedAt: this.#startedMs });
    try {
      aborted.throwIfAborted();
      this.#playing = await this.#play(session);
    } catch (error) {
      this.#judging?.close();
      await session.close();
      await world.close();
      throw error;
    }
    void world.lost.then((why) => {
      if (this.#closed === undefined) this.#tell({ type: 'lost', why, exitCode: EXIT.failed });
    });
  }

  async #play(session: Session): Promise<Playing> {
    const { clock, random, catalogue, targets, hidden } = this.#options;
    const { world } = session;
    const tell = (event: Told<LiveEvent>) => this.#tell(event);
    const note = (tone: Tone, text: string) => this.#note(tone, text);
    const judging = new Judging({ session, onJudged: (judged) => this.#onJudged(judged), note });
    this.#judging = judging;
    const rates = { readsPerSecond: READS_PER_SECOND, writesPerSecond: WRITES_PER_SECOND };
    const load = await SteadyLoad.start({ session, ...rates, keys: KEYS, random: random.fork('load'), onEnded: judging.ended });
    const { backend, originUrl, staysUp } = world;
    tell({ type: 'ready', backend, originUrl, staysUp, regions: world.regions.map(({ region, url }) => ({ region, url })) });
    tell({ type: 'load', rates });
    const shared = { session, catalogue, load, judging, tell, note };
    const runs = new ScenarioRuns({ ...shared, again: hidden?.again });
    session.onFault((change) => {
      this.#tellFaults(session);
      if (change !== undefined && !runs.tellsFaults) this.#noteFault(change);
    });
    const watch = new RegionWatch(note);
    const onObserved = (observation: Observation) => {
      watch.observe(observation);
      tell({ type: 'observed', observation });
    };
    return {
      ...{ session, load, judging, runs, tell, note },
      experiments: new Experiments({ ...shared, signal: this.#closing.signal }),
      mystery: hidden === undefined ? undefined : new Mystery({ mutant: hidden.mutant, catalogue, tell }),
      races: new PlayedRaces({ targets, clock, random: random.fork('races'), tell }),
      settings: new RegionSettings({ world, onSet: (says) => note('info', says) }),
      observer: new Observer({ session, looks: judging.looks, onObserved }),
    };
  }

  #onJudged({ verdict, found, staleness, reads, refused }: Judged): void {
    for (const violation of found) this.#note('error', violation);
    this.#tell({ type: 'judged', verdict, staleness, reads, refused });
  }

  #noteFault({ event, effect, says, spec }: FaultChange): void {
    if (event === 'injected' && effect === 'confirmed') this.#note('warning', says);
    else if (event === 'injected') this.#note('error', `${says}: no effect seen`);
    else if (event === 'healed' && effect === 'confirmed') this.#note('good', `healed: ${spec.fault} ${spec.target.text}`);
    else if (event === 'healed') this.#note('error', `could not heal: ${says}`);
  }

  #tellFaults(session: Session): void {
    const inForce = session.faults.inForce.map((fault) => faultView(fault, session.endsMs(fault.spec.id)));
    this.#tell({ type: 'faults', inForce });
  }

  async #close(): Promise<readonly string[]> {
    this.#closing.abort(new Error('the lab is closing'));
    await this.#started;
    if (this.#playing === undefined) return [];
    const { session, load, judging, observer, runs, races } = this.#playing;
    const { world } = session;
    const raced = races.close();
    await Promise.race([runs.abort(), world.lost]);
    load.close();
    judging.close();
    const left = await Promise.race([session.healForGood(), world.lost.then(() => [])]);
    // Also of a world that is lost: it undoes what it has written down as it closes.
    await session.faults.end();
    await observer.close();
    await session.close();
    await world.close();
    await raced;
    return left;
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

/** `endsMs`: when it is healed by itself. */
function faultView({ spec, says, injectedMs, effect, state }: FaultInForce, endsMs: number | undefined): FaultView {
  const { id, fault, target } = spec;
  const times = { injectedMs: Math.round(injectedMs), endsMs: endsMs === undefined ? undefined : Math.round(endsMs) };
  return { id, fault, target: target.text, region: target.region, says, ...times, effect, state };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
