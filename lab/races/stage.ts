/** Where a race is played: one cache, its upstream and the origin, with every step written down. */
import type { HoldPlace } from '../../services/protocol/upstream-api.ts';
import { NoAnswer } from '../../services/runtime/asker.ts';
import { sleep } from '../../services/runtime/clock.ts';
import type { TargetRead } from '../targets/read-answer.ts';
import type { UpstreamControl } from '../targets/upstream-control.ts';
import { type PurgeAnswer, type RacedContent, type Way, wayText } from './raced-cache.ts';
import type { StageHold, StageOptions } from './stage-options.ts';
import type { RaceStep } from './steps.ts';
import { type UnderWay, underWay } from './under-way.ts';

/** What a reader got; undefined: no usable answer. */
export type Look = TargetRead | undefined;

const PREFIX = 'race';
/** Long enough that a body has two halves. */
const BODY_ONE = 'one '.repeat(400);
const BODY_TWO = 'two '.repeat(400);
/** When a cache is looked at after everything has ended: caches may store a moment after they have answered. */
const LOOKS_MS = [150, 150, 300, 600] as const;
const LOOKS_MIN = 2;
/** In which whatever is to happen beside what is held has begun. */
const MOMENT_MS = 250;
const MS_PER_S = 1000;
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
}

export class Stage {
  readonly upstream: UpstreamControl;
  readonly #options: StageOptions;
  readonly #begunMs: number;
  readonly #steps: RaceStep[];
  /** Of two tiers: which one it is. */
  readonly #tier: string;
  /** Answers that wait. */
  #held = 0;

  constructor(options: StageOptions, { begunMs = options.clock.monotonicMs(), steps = [], tier = '' }: OfTier = {}) {
    this.#options = options;
    this.upstream = options.upstream;
    this.#begunMs = begunMs;
    this.#steps = steps;
    this.#tier = tier;
  }

  /** The cache as a shield, and another instance of it in front as an edge; undefined: it cannot be run twice. */
  async tiers(): Promise<{ readonly shield: Stage; readonly edge: Stage } | undefined> {
    const edge = await this.#options.cache.openEdge?.();
    if (edge === undefined) return undefined;
    const shared = { begunMs: this.#begunMs, steps: this.#steps };
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

  /** Of `wanted` readers those that can come within the time, for whoever may ask the cache. */
  readersWithin(ms: number, wanted: number): number {
    const { perSecondMax = Number.POSITIVE_INFINITY } = this.#options.cache;
    return Math.max(1, Math.min(wanted, Math.floor((perSecondMax * ms) / MS_PER_S)));
  }

  async create(): Promise<RacedContent & { readonly version: number }> {
    const { prefix = PREFIX } = this.#options;
    const slug = `${prefix}-${this.#options.nextSlug()}`;
    const tags = [`${prefix}-tag-${slug}`, `${prefix}-tag`];
    const { id, version } = await this.#options.origin.create({ slug, title: slug, body: BODY_ONE, tags });
    this.#say('origin', `holds content ${id}, version ${version}`);
    return { id, tags, version };
  }

  /** The version from then on. */
  async write({ id }: RacedContent): Promise<number> {
    const { version } = await this.#options.origin.update(id, { body: BODY_TWO });
    this.#say('origin', `holds version ${version}`);
    return version;
  }

  /** `name`: for the witness. */
  read(name: string, { id }: Pick<RacedContent, 'id'>): UnderWay<Look> {
    const { cache } = this.#options;
    return underWay((onSent) => {
      const begin = () => {
        this.#say('reader', `${name} asks for content ${id}`);
        onSent();
      };
      return cache.read(id, { onSent: begin }).then(
        (read): Look => {
          this.#say('reader', `${name} gets ${lookText(read)}`);
          return read;
        },
        (error: unknown): Look => {
          if (!(error instanceof NoAnswer)) throw error;
          this.#say('reader', `${name} gets no answer: ${error.message}`);
          return undefined;
        },
      );
    });
  }

  purge(way: Way, content: RacedContent): UnderWay<PurgeAnswer> {
    const { cache, pace, clock } = this.#options;
    return underWay((onSent) => {
      let sentMs = clock.monotonicMs();
      const isFree = this.#held === 0;
      const begin = () => {
        this.#say('purger', `purges (${wayText(way)})`);
        sentMs = clock.monotonicMs();
        onSent();
      };
      return cache.purge(way, content, { onSent: begin }).then(
        (answer) => {
          this.#say('purger', answer.text);
          if (isFree) pace.purgeMs = Math.max(pace.purgeMs, clock.monotonicMs() - sentMs);
          return answer;
        },
        (error: unknown): PurgeAnswer => {
          if (!(error instanceof NoAnswer)) throw error;
          this.#say('purger', error.message);
          return { isTaken: false, text: error.message };
        },
      );
    });
  }

  /** Of the next fetch for the content. */
  hold(content: Pick<RacedContent, 'id'>, at: HoldPlace): StageHold {
    const hold = this.upstream.hold(this.path(content), at);
    let isHeld = false;
    const reached = async ({ sent }: UnderWay<unknown>) => {
      await sent;
      const fetch = await this.#within(REACHED_MS_MAX, hold.reached);
      if (fetch === undefined) {
        hold.release();
        return false;
      }
      isHeld = true;
      this.#held += 1;
      const where = at === 'head' ? 'before its headers' : 'in the middle of its body';
      this.#say('upstream', `holds the answer of fetch ${fetch.number} (${fetch.status}) ${where}`);
      // The half was sent: until the cache has taken it.
      if (at === 'body') await this.moment();
      return true;
    };
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      this.#held -= 1;
      this.#say('upstream', 'lets the answer go');
      hold.release();
    };
    return { reached, release };
  }

  /** Whether it ends while the answer is still held: that is, once it was sent, for longer than twice what a purge has taken so far. */
  async endsSoon(under: UnderWay<unknown>): Promise<boolean> {
    await under.sent;
    await this.#within(Math.min(WAITING_MS_MAX, Math.max(WAITING_MS, 2 * this.#options.pace.purgeMs)), under.result);
    return under.isOver();
  }

  /** For whatever is to begin meanwhile. Rejects with the reason of the signal: what is seen of a race that was stopped says nothing. */
  async moment(ms: number = MOMENT_MS): Promise<void> {
    await sleep(this.#options.clock, ms, this.#options.signal);
    this.#options.signal.throwIfAborted();
  }

  /** After everything that was under way has ended: what is answered, until the version that the origin holds is twice, or for a second. */
  async looks(content: RacedContent): Promise<readonly Look[]> {
    const looks: Look[] = [];
    const wanted = await this.#versionOf(content);
    const isRight = (look: Look) => look?.version !== undefined && look.version >= wanted && look.label !== 'stale';
    const look = async (ms: number) => {
      await this.moment(ms);
      looks.push(await this.read(`reader ${looks.length + 1} after it`, content).result);
    };
    for (const [at, ms] of LOOKS_MS.entries()) {
      await look(ms);
      if (looks.length < LOOKS_MIN || !looks.slice(-LOOKS_MIN).every(isRight)) continue;
      // Once more at the end: some store long after they have answered.
      const restMs = LOOKS_MS.slice(at + 1).reduce((sum, rest) => sum + rest, 0);
      if (restMs > 0) await look(restMs);
      break;
    }
    return looks;
  }

  async #versionOf({ id }: RacedContent): Promise<number> {
    return (await this.#options.origin.originVersion(id)).version;
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

  #say(who: RaceStep['who'], text: string): void {
    const where = who === 'reader' || who === 'purger' ? this.#tier : '';
    this.#steps.push({ who, text: `${where}${text}`, atMs: Math.round(this.#options.clock.monotonicMs() - this.#begunMs) });
  }
}

/** `version 2 (hit)`. */
export function lookText(look: Look): string {
  if (look === undefined) return 'no answer';
  const { found, version, status, label } = look;
  const what = version === undefined ? `status ${status} without a version` : found ? `version ${version}` : `a 404 of version ${version}`;
  return label === 'unlabelled' ? what : `${what} (${label})`;
}
