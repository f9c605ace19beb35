/** One life of a program: a process group. */
import { type ChildProcess, spawn } from 'node:child_process';
import { sleep, systemClock } from '../../../services/runtime/clock.ts';
import { printable } from '../../input/printable.ts';

export interface LifeOptions {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where it runs. */
  readonly dir: string;
  /** Takes what it writes; left out: nobody does. */
  readonly onOutput?: ((text: string) => void) | undefined;
}

const SAID_LENGTH_MAX = 2_000;
/** For what it said as it ended. */
const LAST_WORDS_MS = 250;

export class ProgramLife {
  readonly #child: ChildProcess;
  readonly exited: Promise<string>;
  /** Of one that has ended: nothing more is heard of it. */
  readonly saidAll: Promise<void>;
  #said = '';
  #ended: string | undefined;

  constructor({ command: [word = '', ...words], environment, dir, onOutput }: LifeOptions) {
    this.#child = spawn(word, words, { cwd: dir, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: environment });
    const exited = Promise.withResolvers<string>();
    this.exited = exited.promise;
    void exited.promise.then((why) => {
      this.#ended = why;
    });
    const closed = Promise.withResolvers<void>();
    this.#child.once('close', () => closed.resolve());
    this.saidAll = exited.promise.then(() => Promise.race([closed.promise, sleep(systemClock, 2 * LAST_WORDS_MS)]));
    this.#child.once('error', (error) => exited.resolve(whyNotStarted(error, word)));
    this.#child.once('exit', (code, signal) => {
      exited.resolve(`it ended (${signal ?? `exit ${code}`})`);
      // Whoever it has left behind has its pipes, too, and would keep this process for as long as it lives.
      void sleep(systemClock, LAST_WORDS_MS).then(() => this.#streams.forEach((stream) => void stream?.destroy()));
    });
    for (const stream of this.#streams)
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#said = `${this.#said}${text}`.slice(-SAID_LENGTH_MAX);
        onOutput?.(text);
      });
  }

  get #streams() {
    return [this.#child.stdout, this.#child.stderr];
  }

  /** Of the leader of its group; undefined: it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Why it runs no more, in words; undefined: it runs. */
  get ended(): string | undefined {
    return this.#ended;
  }

  /** It has ended with 0. */
  get isDone(): boolean {
    return this.#child.exitCode === 0;
  }

  /** A sentence, with the last it said. */
  tell(why: string): string {
    const said = printable(this.#said.trim());
    return said === '' ? why : `${why}; it said: ${said}`;
  }

  /** To the whole group; who is gone is gone. */
  signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  /** At once, with all of its group. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }
}

function whyNotStarted(error: Error, program: string): string {
  return 'code' in error && error.code === 'ENOENT' ? `${program} is not on this machine` : error.message;
}
