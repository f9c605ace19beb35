/** Where a race is played: one cache, its upstream and the origin, with every step written down. */
import type { HoldPlace } from '../../services/protocol/upstream-api.ts';
import { NoAnswer } from '../../services/runtime/asker.ts';
import { sleep } from '../../services/runtime/clock.ts';
import { inTime } from '../../services/runtime/deadline.ts';
import type { UpstreamControl } from '../targets/upstream-control.ts';
import { type Crowd, crowdOf } from './crowd-of.ts';
import { type Look, lookText } from './look.ts';
import { takeLooks } from './looks.ts';
import { type PurgeAnswer, type RacedContent, type Way, wayText } from './raced-cache.ts';
import type { StageHold, StageOptions } from './stage-options.ts';
import type { PlayedStep, TurnAct } from './step-by-step.ts';
import type { RaceStep } from './steps.ts';
import { Turns } from './turns.ts';
import { type UnderWay, underWay } from './under-way.ts';

const PREFIX = 'race';
/** Long enough that a body has two halves. */
const BODY_ONE = 'one '.repeat(400);
const BODY_TWO = 'two '.repeat(400);
/** In which whatever is to happen beside what is held has begun. */
const MOMENT_MS = 250;
/**
 * A purge that is not answered by then waits for the fetch that is held. Some wait for a second, and give up (Apache
 * Traffic Server).
 */
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

  /** Where its answers must come from, in words. */
  get backend(): string {
    return this.#options.cache.backend;
  }

  /** Whether the purge may meet nothing but what it names. */
  isNarrow(way: Way): boolean {
    return this.#options.cache.isNarrow?.(way) ?? false;
  }

  /** How many requests may be sent to it. */
  get perSecondMax(): number {
    return this.#options.cache.perSecondMax ?? Number.POSITIVE_INFINITY;
  }

  create(): Promise<RacedContent & { readonly version: number }> {
    return this.#turn('create', async () => {
      const { prefix = PREFIX } = this.#options;
      const slug = `${prefix}-${this.#options.nextSlug()}`;
      const tags = [`${prefix}-tag-${slug}`, `${prefix}-tag`];
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
    return underWay((onSent) => this.#turn('read', () => this.#ask(name, content, onSent), name));
  }

  /** That many at once. */
  crowd(count: number, content: Pick<RacedContent, 'id'>): Crowd {
    const names = Array.from({ length: count }, (_, at) => `reader ${at + 1}`);
    const ask = (name: string, onSent: () => void) => this.#ask(name, content, onSent);
    return crowdOf(names, { ask, begin: (asked) => this.#turn('read', asked, `${count} readers at once`) });
  }

  purge(way: Way, content: RacedContent): UnderWay<PurgeAnswer> {
    return underWay((onSent) => this.#turn('purge', () => this.#purge(way, content, onSent), wayText(way)));
  }

  /** Of the next fetch for the content, from when it resolves. */
  async hold(content: Pick<RacedContent, 'id'>, at: HoldPlace): Promise<StageHold> {
    const hold = await this.upstream.hold(this.path(content), at);
    let isHeld = false;
    const reached = async ({ sent }: UnderWay<unknown>) => {
      await sent;
      const fetch = await inTime({ ...this.#options, ms: REACHED_MS_MAX }, hold.reached);
      if (fetch === undefined) {
        await hold.release();
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
      await hold.release();
    };
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      // Of a race that was stopped, too: a reader waits for it.
      this.#turn('release', letGo).catch(() => hold.release());
    };
    return { reached, release };
  }

  /**
   * Whether it ends while the answer is still held: that is, once it was sent, for longer than twice what a purge has
   * taken so far.
   */
  async endsSoon(under: UnderWay<unknown>): Promise<boolean> {
    await under.sent;
    const ms = Math.min(WAITING_MS_MAX, Math.max(WAITING_MS, 2 * this.#options.pace.purgeMs));
    await inTime({ ...this.#options, ms }, under.result);
    return under.isOver();
  }

  /**
   * For whatever is to begin meanwhile. Rejects with the reason of the signal: what is seen of a race that was stopped
   * says nothing.
   */
  async moment(ms: number = MOMENT_MS): Promise<void> {
    await this.#turns.begun();
    await sleep(this.#options.clock, ms, this.#options.signal);
    this.#options.signal.throwIfAborted();
  }

  /** What is stored now grows old: the next turn begins at once, whoever looks on. */
  press(): void {
    this.#turns.press();
  }

  /**
   * After everything that was under way has ended: what is answered, until the version that the origin holds is twice,
   * or for a second.
   */
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

  async #ask(name: string, { id }: Pick<RacedContent, 'id'>, onSent = () => {}): Promise<Look> {
    const said = { who: 'reader', name } as const;
    const begin = () => {
      this.#say({ ...said, act: 'asks', text: `${name} asks for content ${id}` });
      onSent();
    };
    try {
      const read = await this.#options.cache.read(id, { onSent: begin });
      const { version, label } = read;
      this.#say({ ...said, act: 'gets', text: `${name} gets ${lookText(read)}`, version, label });
      return read;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#say({ ...said, act: 'nothing', text: `${name} gets no answer: ${error.message}` });
      return undefined;
    }
  }

  async #purge(way: Way, content: RacedContent, onSent: () => void): Promise<PurgeAnswer> {
    const said = { who: 'purger', name: wayText(way) } as const;
    const { pace, clock, cache } = this.#options;
    let sentMs = clock.monotonicMs();
    const begin = () => {
      this.#say({ ...said, act: 'purges', text: `purges (${wayText(way)})` });
      sentMs = clock.monotonicMs();
      onSent();
    };
    const isFree = this.#held === 0;
    try {
      const answer = await cache.purge(way, content, { onSent: begin });
      this.#say({ ...said, act: answer.isTaken ? 'purged' : 'refused', text: answer.text });
      if (isFree) pace.purgeMs = Math.max(pace.purgeMs, clock.monotonicMs() - sentMs);
      return answer;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      this.#say({ ...said, act: 'refused', text: error.message });
      return { isTaken: false, text: error.message };
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
