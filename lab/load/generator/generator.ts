/**
 * The load generator as the lab has it: a process of its own that sends the reads of a plan and tells how each ended.
 *
 * States: starting -> ready -> sending -> done -> closed; each of them -> lost, when the process ends by itself.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sharedAheadMs, systemClock } from '../../../services/runtime/clock.ts';
import { WorldFailed } from '../../errors.ts';
import type { MachineSink } from '../../session/machine-watch.ts';
import type { SlotId } from '../slot-writes.ts';
import type { FromGenerator, GeneratedRead, GeneratorOrder, GeneratorReport, ToGenerator } from './messages.ts';

export interface GeneratorListener {
  /** Each read, after it has ended. */
  readonly onRead: (read: GeneratedRead) => void;
  /** When its process stood still, or waited for a processor. */
  readonly sink: MachineSink;
}

const START_MS_MAX = 60_000;
/**
 * What a read makes is garbage when it ends. The young have little room: each collection of them is a pause of 1 ms, of
 * 32 MiB it is 8 ms.
 */
const GARBAGE = ['--min-semi-space-size=4', '--max-semi-space-size=4'] as const;

/** The bundle has the generator beside it; in a checkout it is the TypeScript file. */
function workerFile(): string {
  const bundled = fileURLToPath(new URL('./load-generator.js', import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL('./worker.ts', import.meta.url));
}

export class LoadGenerator {
  readonly #process: ChildProcess;
  readonly #listener: GeneratorListener;
  readonly #ready = Promise.withResolvers<void>();
  readonly #done = Promise.withResolvers<GeneratorReport>();
  /** Stopped together (Ctrl-Z), they go on together, also when only the lab was told to. */
  readonly #goOn = () => void this.#process.kill('SIGCONT');
  readonly #aheadMs = sharedAheadMs();
  #lastWords: string | undefined;

  private constructor(listener: GeneratorListener) {
    this.#listener = listener;
    this.#process = fork(workerFile(), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [...GARBAGE] });
    this.#process.on('message', (message: FromGenerator) => this.#hear(message));
    this.#process.once('error', (error) => this.#lose(`could not be started: ${error.message}`));
    this.#process.once('exit', (code, killedBy) => this.#lose(`ended (${killedBy ?? `exit ${code}`})`));
    process.on('SIGCONT', this.#goOn);
    // Of what nobody waits for nobody need hear.
    this.#ready.promise.catch(() => {});
    this.#done.promise.catch(() => {});
  }

  /**
   * `startedAt`: of the run, monotonic. Resolves when it can begin. Rejects with WorldFailed when its process does not
   * get so far.
   */
  static async start({ startedAt, ...what }: GeneratorOrder, listener: GeneratorListener): Promise<LoadGenerator> {
    const generator = new LoadGenerator(listener);
    const order = { ...what, startedAt: startedAt + generator.#aheadMs };
    const late = systemClock.setTimer(START_MS_MAX, () => generator.#lose(`is not ready after ${START_MS_MAX} ms`));
    try {
      generator.#tell({ type: 'order', order });
      await generator.#ready.promise;
      return generator;
    } catch (error) {
      await generator.close();
      throw error;
    } finally {
      late.cancel();
    }
  }

  /** From now on reads of the slot are reads of that content. */
  created(created: SlotId): void {
    this.#tell({ type: 'created', created });
  }

  /**
   * The plan begins. Resolves when all it has was sent and has ended, each within its deadline; after an abort nothing
   * more is sent. Rejects with WorldFailed when its process ends before.
   */
  async run(signal: AbortSignal): Promise<GeneratorReport> {
    if (signal.aborted) return { processorMs: 0 };
    this.#tell({ type: 'begin', atMs: systemClock.monotonicMs() + this.#aheadMs });
    const stop = () => this.#tell({ type: 'stop' });
    signal.addEventListener('abort', stop, { once: true });
    return this.#done.promise.finally(() => signal.removeEventListener('abort', stop));
  }

  /** Ends its process, whatever it does. Can be called twice. */
  async close(): Promise<void> {
    process.off('SIGCONT', this.#goOn);
    const { pid, exitCode, signalCode } = this.#process;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const gone = new Promise<void>((resolve) => void this.#process.once('exit', () => resolve()));
    // It has nothing to save.
    this.#process.kill('SIGKILL');
    await gone;
  }

  #tell(message: ToGenerator): void {
    // Of one that is gone its end tells.
    if (this.#process.connected) this.#process.send(message, () => {});
  }

  #hear(message: FromGenerator): void {
    switch (message.type) {
      case 'ready':
        return this.#ready.resolve();
      case 'reads':
        for (const read of message.reads) this.#listener.onRead(read);
        return;
      case 'record':
        return this.#record(message.line);
      case 'done':
        return this.#done.resolve(message.report);
      case 'crashed':
        this.#lastWords = message.message;
    }
  }

  #record(line: Extract<FromGenerator, { type: 'record' }>['line']): void {
    const { sink } = this.#listener;
    if (line.line === 'stall') {
      const { line: kind, ...stall } = line;
      sink.add(kind, stall);
    } else if (line.line === 'pressure') {
      const { line: kind, ...pressure } = line;
      sink.add(kind, pressure);
    }
  }

  #lose(how: string): void {
    const lost = new WorldFailed(`the load generator ${how}${this.#lastWords === undefined ? '' : `: ${this.#lastWords}`}`);
    this.#ready.reject(lost);
    this.#done.reject(lost);
  }
}
