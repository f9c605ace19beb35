/** Where a race is played: one cache, its upstream and the origin, with every step written down. */
import type { HoldPlace } from '../../services/protocol/upstream-api.ts';
import { NoAnswer } from '../../services/runtime/asker.ts';
import { type Clock, sleep } from '../../services/runtime/clock.ts';
import type { OriginRequests } from '../system/origin.ts';
import type { UpstreamControl } from '../targets/upstream-control.ts';
import { type Look, lookText } from './look.ts';
import { takeLooks } from './looks.ts';
import { type PurgeAnswer, type RacedCache, type RacedContent, type Way, wayText } from './raced-cache.ts';
import type { PlayedStep, StepByStep, TurnAct } from './step-by-step.ts';
import type { RaceStep } from './steps.ts';
import { Turns } from './turns.ts';
import { type UnderWay, underWay } from './under-way.ts';

export interface StageOptions {
  readonly cache: RacedCache;
  readonly upstream: UpstreamControl;
  readonly origin: OriginRequests;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A number that no content of the run has had. */
  readonly nextSlug: () => number;
  readonly pace: Pace;
  /** Left out: nobody looks on. */
  readonly stepByStep?: StepByStep | undefined;
}

/** What was seen of the cache's own pace, from stage to stage. */
export interface Pace {
  /** The longest that a purge took with nothing held. */
  purgeMs: number;
}

const OWN_TAG = 'race-tag';
/** Long enough that a body has two halves. */
const BODY_ONE = 'one '.repeat(400);
const BODY_TWO = 'two '.repeat(400);
/** In which whatever is to happen beside what is held has begun. */
const MOMENT_MS = 250;
/** A purge that is not answered by then waits for the fetch that is held. Some wait for a second, and give up (Apache Traffic Server). */
const WAITING_MS = 2_500;
/** Below the deadlines of reads and purges. */
const WAITING_MS_MAX = 7_000;
const REACHED_MS_MAX = 3_000;

/** What two tiers have in common. */
interface OfTier {
  readonly begunMs?: number;
  readonly steps?: RaceStep[];
  readonly tier?: string;
  readonly turns?: Turns;
}

export class Stage {
  readonly upstream: UpstreamControl;
  readonly #options: StageOptions;
  readonly #begunMs: number;
  readonly #steps: RaceStep[];
  /** Of two tiers: which one it is. */
  readonly #tier: string;
  readonly #turns: Turns;
  /** Answers that wait. */
  #held = 0;

  constructor(
    options: StageOptions,
    { begunMs = options.clock.monotonicMs(), steps = [], tier = '', turns = new Turns(options) }: OfTier = {},
  ) {
    this.#options = options;
    this.upstream = options.upstream;
    this.#begunMs = begunMs;
    this.#steps = steps;
    this.#tier = tier;
    this.#turns = turns;
  }

  /** The cache as a shield, and another instance of it in front as an edge; undefined: it cannot be run twice. */
  async tiers(): Promise<{ readonly shield: Stage; readonly edge: Stage } | undefined> {
    const edge = await this.#options.cache.openEdge?.();
    if (edge === undefined) return undefined;
    const shared = { begunMs: this.#begunMs, steps: this.#steps, turns: this.#turns };
    return {
      shield: new Stage(this.#options, { ...shared, tier: 'shield: ' }),
      edge: new Stage({ ...this.#options, cache: edge }, { ...shared, tier: 'edge: ' }),
    };
  }

  get steps(): readonly RaceStep[] {
    return this.#steps;
  }

  /** Whether the cache declares such a purge. */
  has({ mode, type }: Way): boolean {
    return this.#options.cache.ways.some((way) => way.mode === mode && way.type === type);
  }

  path({ id }: Pick<RacedContent, 'id'>): string {
    return `/api/content/${id}`;
  }

  create(): Promise<RacedContent & { readonly version: number }> {
    return this.#turn('create', async () => {
      const slug = `race-${this.#options.nextSlug()}`;
      const tags = [`${OWN_TAG}-${slug}`, OWN_TAG];
      const { id, version } = await this.#options.origin.create({ slug, title: slug, body: BODY_ONE, tags });
      this.#say({ who: 'origin', act: 'holds', text: `holds content ${id}, version ${version}`, version });
      return { id, tags, version };
    });
  }

  /** The version from then on. */
  write({ id }: RacedContent): Promise<number> {
    return this.#turn('write', async () => {
      const { version } = await this.#options.origin.update(id, { body: BODY_TWO });
      this.#say({ who: 'origin', act: 'holds', text: `holds version ${version}`, version });
      return version;
    });
  }

  /** `name`: for the witness. */
  read(name: string, content: Pick<RacedContent, 'id'>): UnderWay<Look> {
    return underWay(this.#turn('read', () => this.#ask(name, content), name));
  }

  /** That many at once. */
  crowd(readers: number, content: Pick<RacedContent, 'id'>): UnderWay<readonly Look[]> {
    const names = Array.from({ length: readers }, (_, at) => `reader ${at + 1}`);
    const asked = () => Promise.all(names.map((name) => this.#ask(name, content)));
    return underWay(this.#turn('read', asked, `${readers} readers at once`));
  }

  purge(way: Way, content: RacedContent): UnderWay<PurgeAnswer> {
    return underWay(this.#turn('purge', () => this.#purge(way, content), wayText(way)));
  }

  /** Of the next fetch for the content. `reached`: whether the cache asked within three seconds. */
  hold(content: Pick<RacedContent, 'id'>, at: HoldPlace): { readonly reached: () => Promise<boolean>; readonly release: () => void } {
    const hold = this.upstream.hold(this.path(content), at);
    let isHeld = false;
    const reached = async () => {
      await this.#turns.begun();
      const fetch = await this.#within(REACHED_MS_MAX, hold.reached);
      if (fetch === undefined) {
        hold.release();
        return false;
      }
      isHeld = true;
      this.#held += 1;
      const where = at === 'head' ? 'before its headers' : 'in the middle of its body';
      const text = `holds the answer of fetch ${fetch.number} (${fetch.status}) ${where}`;
      this.#say({ who: 'upstream', act: 'held', text, label: String(fetch.status) });
      // The half was sent: until the cache has taken it.
      if (at === 'body') await this.moment();
      return true;
    };
    const letGo = async () => {
      this.#held -= 1;
      this.#say({ who: 'upstream', act: 'released', text: 'lets the answer go' });
      hold.release();
    };
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      // Of a race that was stopped, too: a reader waits for it.
      this.#turn('release', letGo).catch(() => hold.release());
    };
    return { reached, release };
  }

  /** Whether it ends while the answer is still held: that is for longer than twice what a purge has taken so far. */
  async endsSoon(under: UnderWay<unknown>): Promise<boolean> {
    await this.#turns.begun();
    await this.#within(Math.min(WAITING_MS_MAX, Math.max(WAITING_MS, 2 * this.#options.pace.purgeMs)), under.result);
    return under.isOver();
  }

  /** For whatever is to begin meanwhile. Rejects with the reason of the signal: what is seen of a race that was stopped says nothing. */
  async moment(ms: number = MOMENT_MS): Promise<void> {
    await this.#turns.begun();
    await sleep(this.#options.clock, ms, this.#options.signal);
    this.#options.signal.throwIfAborted();
  }

  /** What is stored now grows old: the next turn begins at once, whoever looks on. */
  press(): void {
    this.#turns.press();
  }

  /** After everything that was under way has ended: what is answered, until the version that the origin holds is twice, or for a second. */
  looks(content: RacedContent): Promise<readonly Look[]> {
    return this.#turn('look', async () => {
      const { version } = await this.#options.origin.originVersion(content.id);
      return takeLooks({ wanted: version, moment: (ms) => this.moment(ms), ask: (name) => this.#ask(name, content) });
    });
  }

  /** With an answer held, or before a look, a race waits for nobody. */
  #turn<Result>(act: TurnAct, begin: () => Promise<Result>, name = ''): Promise<Result> {
    return this.#turns.take({ act, name: `${this.#tier}${name}`, canWait: this.#held === 0 && act !== 'look' }, begin);
  }

  async #ask(name: string, { id }: Pick<RacedContent, 'id'>): Promise<Look> {
    const said = { who: 'reader', name } as const;
    this.#say({ ...said, act: 'asks', text: `${name} asks for content ${id}` });
    try {
      const read = await this.#options.cache.read(id);
      const { version, label } = read;
      this.#say({ ...said, act: 'gets', text: `${name} gets ${lookText(read)}`, version, label });
      return read;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#say({ ...said, act: 'nothing', text: `${name} gets no answer: ${error.message}` });
      return undefined;
    }
  }

  async #purge(way: Way, content: RacedContent): Promise<PurgeAnswer> {
    const said = { who: 'purger', name: wayText(way) } as const;
    this.#say({ ...said, act: 'purges', text: `purges (${wayText(way)})` });
    const { pace, clock, cache } = this.#options;
    const begunMs = clock.monotonicMs();
    const isFree = this.#held === 0;
    try {
      const answer = await cache.purge(way, content);
      this.#say({ ...said, act: answer.isTaken ? 'purged' : 'refused', text: answer.text });
      if (isFree) pace.purgeMs = Math.max(pace.purgeMs, clock.monotonicMs() - begunMs);
      return answer;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#say({ ...said, act: 'refused', text: error.message });
      return { isTaken: false, text: error.message };
    }
  }

  async #within<Result>(ms: number, result: Promise<Result>): Promise<Result | undefined> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#options.signal]);
    try {
      return await Promise.race([result, sleep(this.#options.clock, ms, signal).then(() => undefined)]);
    } finally {
      over.abort();
      this.#options.signal.throwIfAborted();
    }
  }

  #say({ who, text, ...more }: Omit<PlayedStep, 'atMs'>): void {
    const where = who === 'reader' || who === 'purger' ? this.#tier : '';
    const atMs = Math.round(this.#options.clock.monotonicMs() - this.#begunMs - this.#turns.waitedMs);
    const step = { who, text: `${where}${text}`, atMs };
    this.#steps.push(step);
    const named = more.name === undefined ? {} : { name: `${where}${more.name}` };
    this.#options.stepByStep?.onStep({ ...step, ...more, ...named });
  }
}
