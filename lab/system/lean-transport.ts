/**
 * Reads over HTTP where there are thousands a second: straight from undici's parser, without a stream, a signal and a
 * timer for each. A request has a connection of its own while it is under way, so that none waits behind another's
 * answer. Where all are taken it waits for one, and its deadline goes on.
 *
 * Who asked hears at the deadline that there is no answer. The connection stays taken until the answer comes all the
 * same, or for much longer: a service that hangs would else be called by thousands of new connections.
 */
import { Client, type Dispatcher } from 'undici';
import type { Clock, Timer } from '../../services/runtime/clock.ts';
import { failureInWords, isNeverSent, parseAnswer } from '../../services/runtime/request-failure.ts';
import { type AnswerHeaders, CALL_DEADLINE_MS, type Call, CallFailed, IDLE_MS_MAX, type RawAnswer, type Transport } from './transport.ts';

/** To one service. */
const CONNECTIONS_MAX = 256;
/** How often it is looked for what is past its deadline. */
const LOOK_MS = 100;
/** A connection without an answer for so long is given up. */
const SILENT_MS_MAX = 60_000;

export class LeanTransport implements Transport {
  readonly #clock: Clock;
  /** By base. */
  readonly #connections = new Map<string, Connections>();
  /** In the order in which they began, so the first to be late is the first. */
  readonly #underWay = new Set<Exchange>();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** For reads that nobody calls off: throws TypeError for a call with a body, a token or a signal. */
  call({ method, base, path, body, token, signal }: Call): Promise<RawAnswer> {
    if (body !== undefined || token !== undefined || signal !== undefined)
      throw new TypeError(`expected a plain read, got ${method} ${path}`);
    this.#timer ??= this.#clock.setTimer(LOOK_MS, () => this.#look());
    return new Promise((resolve, reject) => {
      const exchange = new Exchange({
        method,
        path,
        begunMs: this.#clock.monotonicMs(),
        onAnswer: resolve,
        onFailure: (error) => {
          const words = failureInWords(error, CALL_DEADLINE_MS);
          reject(new CallFailed(`${method} ${base}${path}: ${words}`, isNeverSent(error), error));
        },
        onOver: () => this.#underWay.delete(exchange),
      });
      this.#underWay.add(exchange);
      this.#to(base).take(exchange);
    });
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await Promise.all([...this.#connections.values()].map((connections) => connections.close()));
  }

  #to(base: string): Connections {
    const known = this.#connections.get(base) ?? new Connections(base);
    this.#connections.set(base, known);
    return known;
  }

  #look(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const exchange of this.#underWay) {
      if (nowMs - exchange.begunMs < CALL_DEADLINE_MS) break;
      exchange.late();
      if (nowMs - exchange.begunMs >= SILENT_MS_MAX) exchange.giveUp();
    }
    for (const connections of this.#connections.values()) connections.forget();
    this.#timer = this.#underWay.size === 0 ? undefined : this.#clock.setTimer(LOOK_MS, () => this.#look());
  }
}

/** Those to one service, and who waits for one. */
class Connections {
  readonly #base: string;
  readonly #all: Client[] = [];
  readonly #idle: Client[] = [];
  /** From `#first` on. */
  #waiting: Exchange[] = [];
  #first = 0;

  constructor(base: string) {
    this.#base = base;
  }

  take(exchange: Exchange): void {
    const client = this.#idle.pop() ?? this.#open();
    if (client === undefined) this.#waiting.push(exchange);
    else this.#send(exchange, client);
  }

  /** Who waited and need not any more. */
  forget(): void {
    while (this.#waiting[this.#first]?.isOver) this.#first += 1;
    this.#waiting = this.#waiting.slice(this.#first);
    this.#first = 0;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((client) => client.destroy()));
  }

  /** undefined: there are as many as there may be. */
  #open(): Client | undefined {
    if (this.#all.length === CONNECTIONS_MAX) return undefined;
    // Its own deadlines are off: each would be one more timer.
    const idle = { keepAliveTimeout: IDLE_MS_MAX, keepAliveMaxTimeout: IDLE_MS_MAX };
    const client = new Client(this.#base, { ...idle, connectTimeout: CALL_DEADLINE_MS, headersTimeout: 0, bodyTimeout: 0 });
    this.#all.push(client);
    return client;
  }

  #send(exchange: Exchange, client: Client): void {
    exchange.begin(() => this.#free(client));
    client.dispatch({ path: exchange.path, method: exchange.method }, exchange);
  }

  #free(client: Client): void {
    let next = this.#next();
    while (next?.isOver) next = this.#next();
    if (next === undefined) this.#idle.push(client);
    else this.#send(next, client);
  }

  #next(): Exchange | undefined {
    const next = this.#waiting[this.#first];
    if (next !== undefined) this.#first += 1;
    return next;
  }
}

interface ExchangeOptions {
  readonly method: Call['method'];
  readonly path: string;
  readonly begunMs: number;
  readonly onAnswer: (answer: RawAnswer) => void;
  /** At most once, and before or instead of an answer. */
  readonly onFailure: (error: unknown) => void;
  readonly onOver: () => void;
}

/**
 * One request and its answer, as undici tells of them.
 *
 * States: waiting -> sent -> over, waiting -> over
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly method: Call['method'];
  readonly path: string;
  readonly begunMs: number;
  readonly #options: ExchangeOptions;
  readonly #pieces: Uint8Array[] = [];
  #state: 'waiting' | 'sent' | 'over' = 'waiting';
  #isTold = false;
  #free: () => void = () => {};
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: AnswerHeaders = {};

  constructor(options: ExchangeOptions) {
    this.method = options.method;
    this.path = options.path;
    this.begunMs = options.begunMs;
    this.#options = options;
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  /** It has a connection; `free` is called when it needs that no more. */
  begin(free: () => void): void {
    this.#state = 'sent';
    this.#free = free;
  }

  /** Its deadline has passed. */
  late(): void {
    if (this.#isTold) return;
    this.#fail(new DOMException('past its deadline', 'TimeoutError'));
    if (this.#state === 'waiting') this.#end();
  }

  /** Its connection, too. */
  giveUp(): void {
    this.#controller?.abort(new DOMException('silent for too long', 'TimeoutError'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, piece: Uint8Array): void {
    this.#pieces.push(piece);
  }

  onResponseEnd(): void {
    if (!this.#isTold) this.#tellAnswer();
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
    // In the midst of this undici takes nothing new.
    queueMicrotask(() => this.#end());
  }

  #tellAnswer(): void {
    const [first = new Uint8Array(), ...more] = this.#pieces;
    try {
      const body = parseAnswer(this.#status, more.length === 0 ? first : Buffer.concat(this.#pieces));
      this.#options.onAnswer({ status: this.#status, headers: this.#headers, body });
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (!this.#isTold) this.#options.onFailure(error);
    this.#isTold = true;
  }

  #end(): void {
    if (this.isOver) return;
    this.#state = 'over';
    this.#options.onOver();
    this.#free();
  }
}
