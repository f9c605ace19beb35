/**
 * A link between two processes, for worlds in which a call is a function call: what TCP and a proxy do in the Docker
 * world.
 *
 * A cut swallows what is sent and what is answered: the call hangs until its deadline. When a cut is repaired, the
 * calls it swallowed fail, for those connections are broken. A paused callee takes the request when it goes on, whether
 * or not anybody still waits for the answer; a stopped one refuses at once. So a call that failed may have happened,
 * exactly as with a real server.
 */
import type { Clock } from '../../../services/runtime/clock.ts';
import type { Random } from '../../../services/runtime/random.ts';
import type { Impairment } from '../../system/mechanisms.ts';
import type { Direction } from '../../system/parts.ts';
import type { LinkRecord, Probe } from '../world.ts';
import type { Gate } from './gate.ts';
import { effectOf } from './impairments.ts';

export interface WireOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly callee: Gate;
  /** Draws what one direction takes when nothing impairs it, in ms. Left out: nothing. */
  readonly drawLatencyMs?: () => number;
}

export interface CallOptions {
  /** The calling process. */
  readonly caller: Gate;
  readonly deadlineMs: number;
  /** The port's own error for no answer. */
  readonly toError: (why: string) => Error;
}

interface Impaired {
  readonly direction: Direction;
  readonly impairment: Impairment;
}

interface CallUnderWay {
  /** A cut has swallowed a part of it. */
  swallowed: boolean;
  readonly fail: (why: string) => void;
}

/** What becomes of what is sent in one direction. */
interface Way {
  readonly isCut: boolean;
  readonly copies: number;
  /** In the order in which they came to it: their draws follow it. */
  readonly delaying: readonly Impairment[];
}

type Ways = Readonly<Record<'there' | 'back', Way>>;

const CLEAR: Way = { isCut: false, copies: 1, delaying: [] };
const PROBE_DEADLINE_MS = 400;

export class Wire {
  readonly #options: WireOptions;
  readonly #impaired = new Map<string, Impaired>();
  readonly #underWay = new Set<CallUnderWay>();
  readonly #listeners = new Set<() => void>();
  #ways: Ways = { there: CLEAR, back: CLEAR };

  constructor(options: WireOptions) {
    this.#options = options;
    options.callee.onChange(() => {
      if (options.callee.state === 'stopped') this.reset();
      this.#tell();
    });
  }

  impair(id: string, direction: Direction, impairment: Impairment): void {
    this.#impaired.set(id, { direction, impairment });
    this.#changed();
  }

  repair(id: string): void {
    const found = this.#impaired.get(id);
    if (found === undefined) return;
    this.#impaired.delete(id);
    if (effectOf(found.impairment).swallows) for (const call of this.#underWay) if (call.swallowed) call.fail('the connection was broken');
    this.#changed();
  }

  /** What is held against it here: by that id, and by anything else that a probe would not get through. */
  record(id: string): LinkRecord {
    const others = this.#impaired.size - (this.#impaired.has(id) ? 1 : 0);
    return { inForce: this.#impaired.has(id), isHidden: others > 0 || this.#options.callee.state !== 'running' };
  }

  /** Breaks what is under way; answers how much that was. */
  reset(): number {
    const broken = [...this.#underWay];
    for (const call of broken) call.fail('the connection was reset');
    return broken.length;
  }

  /** Whether something sent now would be answered. */
  get isOpen(): boolean {
    return this.#options.callee.state === 'running' && !this.#isCut('there') && !this.#isCut('back');
  }

  /** Called whenever `isOpen` may have changed. Answers how to stop listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** ms that something sent and answered now takes on the way. */
  drawRoundTripMs(): number {
    return this.#drawDelayMs('there') + this.#drawDelayMs('back');
  }

  /** How often what is sent in that direction now arrives. */
  copies(direction: 'there' | 'back'): number {
    return this.#ways[direction].copies;
  }

  /**
   * Rejects with the port's error when there is no answer by the deadline, or with the callee's own error. What was
   * sent goes its way whether or not anybody still waits. Callbacks, for a simulation does little else: each promise on
   * the way costs as much as a step.
   */
  call<T>(send: () => Promise<T>, { caller, deadlineMs, toError }: CallOptions): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let isOver = false;
      const end = (settle: () => void) => {
        if (isOver) return;
        isOver = true;
        overdue.cancel();
        this.#underWay.delete(call);
        caller.whenRunning(settle);
      };
      const call: CallUnderWay = { swallowed: false, fail: (why) => end(() => reject(toError(why))) };
      const answer = (value: T) => this.#travel('back', call, () => end(() => resolve(value)));
      const overdue = this.#options.clock.setTimer(deadlineMs, () => call.fail(`no answer within ${deadlineMs} ms`));
      this.#underWay.add(call);
      caller.whenRunning(() =>
        this.#travel('there', call, () =>
          this.#options.callee.take(
            () => this.#deliver(send).then(answer, (error: unknown) => end(() => reject(error))),
            () => call.fail('the connection was refused'),
          ),
        ),
      );
    });
  }

  /** Asks across the link as its caller would, with `ask` standing for a small question to the callee. */
  async probe(ask: () => Promise<unknown>, caller: Gate): Promise<Probe> {
    const { clock } = this.#options;
    const startedAt = clock.monotonicMs();
    let arrivals = 0;
    const counted = () => {
      arrivals += 1;
      return ask();
    };
    const answered = await this.call(counted, {
      caller,
      deadlineMs: PROBE_DEADLINE_MS + this.#longestRoundTripMs(),
      toError: (why) => new Error(why),
    }).then(
      () => true,
      () => false,
    );
    return { answered, elapsedMs: clock.monotonicMs() - startedAt, arrivals };
  }

  /** The callee answers the first copy of what it is sent when it is done with the others. */
  #deliver<T>(send: () => Promise<T>): Promise<T> {
    const copies = this.copies('there');
    return copies === 1 ? send() : this.#deliverCopies(send, copies);
  }

  async #deliverCopies<T>(send: () => Promise<T>, copies: number): Promise<T> {
    const answer = await send();
    for (let copy = 1; copy < copies; copy += 1) await send().catch(() => {});
    return answer;
  }

  /** Nobody hears any more of what a cut has swallowed. */
  #travel(direction: 'there' | 'back', call: CallUnderWay, arrive: () => void): void {
    const delayMs = this.#drawDelayMs(direction);
    const cross = () => {
      if (this.#isCut(direction)) call.swallowed = true;
      else arrive();
    };
    if (delayMs > 0) this.#options.clock.setTimer(delayMs, cross);
    else cross();
  }

  #isCut(direction: 'there' | 'back'): boolean {
    return this.#ways[direction].isCut;
  }

  #drawDelayMs(direction: 'there' | 'back'): number {
    let sum = this.#options.drawLatencyMs?.() ?? 0;
    for (const impairment of this.#ways[direction].delaying)
      sum += effectOf(impairment).drawDelayMs?.(impairment, this.#options.random) ?? 0;
    return sum;
  }

  #longestRoundTripMs(): number {
    const longest = (direction: 'there' | 'back') =>
      this.#ways[direction].delaying.reduce((sum, impairment) => sum + (effectOf(impairment).delayMsMax?.(impairment) ?? 0), 0);
    return longest('there') + longest('back');
  }

  /** What is impaired changes seldom, what crosses is much. */
  #changed(): void {
    this.#ways = { there: this.#wayOf('there'), back: this.#wayOf('back') };
    this.#tell();
  }

  #wayOf(direction: 'there' | 'back'): Way {
    const impairments = [...this.#impaired.values()]
      .filter((impaired) => impaired.direction === 'both' || impaired.direction === direction)
      .map(({ impairment }) => impairment);
    return {
      isCut: impairments.some((impairment) => effectOf(impairment).swallows),
      copies: Math.max(1, ...impairments.map((impairment) => effectOf(impairment).copies ?? 1)),
      delaying: impairments.filter((impairment) => effectOf(impairment).drawDelayMs !== undefined),
    };
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
