/**
 * Races that somebody plays step by step. Each has a world of its own, which is gone when it ends: an origin, an
 * upstream and the cache. The world beside it is not touched. One at a time.
 *
 * States of a race: starting -> checking -> racing -> judged -> ended; any -> ended
 */
import type { Clock } from '../../services/runtime/clock.ts';
import type { Random } from '../../services/runtime/random.ts';
import { InvalidInput } from '../errors.ts';
import type { RacedCache } from '../races/raced-cache.ts';
import type { StepByStep } from '../races/step-by-step.ts';
import type { Commands, LiveEvent, Told } from './protocol.ts';
import type { CacheCard, RaceCard } from './race-protocol.ts';

export interface RaceTargets {
  /** Where the presets are. */
  readonly folder: string;
  /** Of the environment: programs are looked for by them, and started with them. */
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export interface PlayedRacesOptions {
  /** Left out: nothing can be raced here. */
  readonly targets?: RaceTargets | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly tell: (event: Told<LiveEvent>) => void;
}

interface Playing {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
  readonly gate: Gate;
}

export class PlayedRaces {
  readonly #options: PlayedRacesOptions;
  #playing: Playing | undefined;
  /** How often a race was begun or stopped: whoever waited knows by it that he was overtaken. */
  #asked = 0;
  #isClosed = false;

  constructor(options: PlayedRacesOptions) {
    this.#options = options;
  }

  /** What can be raced on this machine is told. Starts nothing but the questions for versions. Throws InvalidInput. */
  async list(): Promise<void> {
    const { tell } = this.#options;
    const { folder, variables } = this.#targets();
    const { RACES, findOwnHere, findPresetsHere, WAYS } = await listed();
    const ours = await findOwnHere(variables);
    const presets = (await findPresetsHere(folder, variables)).filter(({ target }) => target.purges.length > 0);
    const races = RACES.map(({ name, about, takes, tiers }): RaceCard => {
      return { name, about, ways: WAYS.filter((way) => takes?.(way) !== false), tiers: tiers === true };
    });
    const others = presets.flatMap(({ target: { name, about, purges, mends }, here }): readonly CacheCard[] => {
      const ways = purges.map(({ mode, type }) => ({ mode, type }));
      return here.isHere ? [{ name, about, version: here.version, ways, mends, tiers: true }] : [];
    });
    const own = ours.flatMap(({ target: { name, about }, here }): readonly CacheCard[] =>
      here.isHere ? [{ name, about, version: here.version, ways: WAYS, mends: undefined, tiers: false }] : [],
    );
    const missing = [...ours, ...presets].flatMap(({ target, here }) => (here.isHere ? [] : [target.name]));
    tell({ type: 'races', races, caches: [...own, ...others], missing });
  }

  /** Resolves when it has ended, and what was started for it is gone; what comes of it is told. Throws InvalidInput. */
  async play(command: Commands['play-race']): Promise<void> {
    const targets = this.#targets();
    const stopped = this.stop();
    const asked = this.#asked;
    await stopped;
    if (asked !== this.#asked || this.#isClosed) return;
    const { tell } = this.#options;
    const abort = new AbortController();
    const gate = new Gate(abort.signal, tell);
    tell({ type: 'race-begun', race: command.race, cache: command.cache, way: { mode: command.mode, type: command.type } });
    const ended = this.#race(command, { targets, gate, signal: abort.signal })
      .catch((error: unknown) => (error instanceof Error ? error.message : String(error)))
      .then((why) => tell({ type: 'race-ended', why }));
    this.#playing = { abort, ended, gate };
    await ended;
  }

  next(): void {
    this.#playing?.gate.open();
  }

  finish(): void {
    this.#playing?.gate.openForGood();
  }

  /** Nothing of it is left when it resolves. */
  async stop(): Promise<void> {
    this.#asked += 1;
    const playing = this.#playing;
    playing?.abort.abort(new Error('the race was stopped'));
    await playing?.ended;
  }

  /** The same, and none begins after it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.stop();
  }

  #targets(): RaceTargets {
    const { targets } = this.#options;
    if (targets === undefined) throw new InvalidInput('nothing can be raced here: edgesync-lab races');
    return targets;
  }

  /** Answers why there was no race; undefined: there was. */
  async #race(
    { race: name, cache, mode, type }: Commands['play-race'],
    { targets, gate, signal }: { readonly targets: RaceTargets; readonly gate: Gate; readonly signal: AbortSignal },
  ): Promise<string | undefined> {
    const { clock, random, tell } = this.#options;
    const { RACES, findTarget, raceTarget } = await played();
    const races = RACES.filter((race) => race.name === name);
    const target = await findTarget(cache, targets.folder);
    signal.throwIfAborted();
    const { selfChecked, ended, nothing } = await raceTarget({
      target,
      races,
      takes: (way: RacedCache['ways'][number]) => way.mode === mode && way.type === type,
      variables: targets.variables,
      clock,
      random,
      signal,
      stepByStep: gate,
      onStarted: () => tell({ type: 'race-stage', stage: 'checking' }),
      onChecked: () => tell({ type: 'race-stage', stage: 'racing' }),
      onResult: ({ outcome, why }) => tell({ type: 'race-judged', outcome, why }),
    });
    return selfChecked.mistakes[0] ?? ended ?? nothing;
  }
}

/** Where a turn waits for its key. */
class Gate implements StepByStep {
  readonly #signal: AbortSignal;
  readonly #tell: PlayedRacesOptions['tell'];
  #isOpen = false;
  #waiting: () => void = () => {};

  constructor(signal: AbortSignal, tell: PlayedRacesOptions['tell']) {
    this.#signal = signal;
    this.#tell = tell;
    signal.addEventListener('abort', () => this.#waiting(), { once: true });
  }

  readonly onStep: StepByStep['onStep'] = (step) => this.#tell({ type: 'race-step', step });

  readonly mayBegin: StepByStep['mayBegin'] = async ({ act, name = '', canWait }) => {
    this.#signal.throwIfAborted();
    const waits = canWait && !this.#isOpen;
    const opened = new Promise<void>((resolve) => {
      this.#waiting = resolve;
    });
    this.#tell({ type: 'race-turn', turn: { act, name, waits } });
    if (waits) await opened;
    this.#signal.throwIfAborted();
  };

  open(): void {
    this.#waiting();
  }

  openForGood(): void {
    this.#isOpen = true;
    this.#waiting();
  }
}

/**
 * The list, and what a race is made of, each loaded when it is asked for: loading both at once would hold up the frame.
 */
async function listed() {
  const [{ RACES }, { findOwnHere, findPresetsHere }, { PURGE_MODES, PURGE_TYPES }] = await Promise.all([
    import('../races/races.ts'),
    import('../worlds/peers/here.ts'),
    import('../../services/protocol/purge-ways.ts'),
  ]);
  const WAYS = PURGE_TYPES.flatMap((type) => PURGE_MODES.map((mode) => ({ mode, type })));
  return { RACES, findOwnHere, findPresetsHere, WAYS };
}

async function played() {
  const [{ RACES }, { raceTarget }, { findTarget }] = await Promise.all([
    import('../races/races.ts'),
    import('../races/race-target.ts'),
    import('../targets/targets.ts'),
  ]);
  return { RACES, raceTarget, findTarget };
}
