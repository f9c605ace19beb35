/**
 * A foreign cache as a child: a process group of its own, in a folder of its own, on a free port of 127.0.0.1. Nothing
 * of it is left when it is stopped, nor when the lab ends in whatever way, be it by kill -9 (`keeper.ts`).
 */
import { mkdtempSync } from 'node:fs';
import { access, constants, rm } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import { inTime } from '../../../services/runtime/deadline.ts';
import type { Random } from '../../../services/runtime/random.ts';
import { WorldFailed } from '../../errors.ts';
import { temporaryFolder } from '../../input/places.ts';
import { takeFreePorts } from '../docker/free-ports.ts';
import { Keeper } from './keeper.ts';
import { buildProgram } from './program-build.ts';
import { type FolderSpec, lay } from './program-folder.ts';
import { ProgramLife } from './program-life.ts';
import { ProgramWaits } from './program-waits.ts';

export interface ProgramPlaces {
  readonly port: number;
  readonly dir: string;
}

export interface ProgramOptions {
  readonly name: string;
  /** With its places filled. */
  readonly spec: (places: ProgramPlaces) => ProgramSpec;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Draws its port. */
  readonly random: Random;
  /** Takes what it writes; left out: nobody does. */
  readonly onOutput?: (text: string) => void;
  /** Left out: a free one. */
  readonly port?: number;
  /** Whether it serves. */
  readonly isUp: (url: string) => Promise<boolean>;
  /** The same of one that was killed and started again. Left out: that. */
  readonly isUpAgain?: (url: string) => Promise<boolean>;
  readonly signal: AbortSignal;
}

export interface ProgramSpec extends FolderSpec {
  /** Run once in its folder, before its first life. undefined: nothing is. */
  readonly build?: readonly string[] | undefined;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const UP_MS_MAX = 30_000;
const LOOK_MS = 30;
/** Squid needs two seconds where it is told to end as it starts. */
const STOP_MS_MAX = 3_000;
/** In which a program that starts listens to signals: as long as its keeper gives it. */
const LISTENS_MS_MAX = 2_000;
/** Servers stand there, and the PATH of a user need not name it. */
const SERVER_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'] as const;

/** Where its programs are looked for. */
export function pathOf(variables: ProgramOptions['variables']): string {
  return [variables['PATH'] ?? '', ...SERVER_FOLDERS].join(delimiter);
}

/** Whether this machine has a program that can be started. */
export async function isProgramHere(program: string, variables: ProgramOptions['variables']): Promise<boolean> {
  const places = isAbsolute(program)
    ? [program]
    : pathOf(variables)
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, program));
  const found = await Promise.all(
    places.map((place) =>
      access(place, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

export class Program {
  readonly url: string;
  readonly #options: ProgramOptions;
  readonly #spec: ProgramSpec;
  readonly #dir: string;
  readonly #keeper: Keeper;
  readonly #waits: ProgramWaits;
  #life: ProgramLife;
  /** Of this life: it has served. */
  #hasServed = false;

  private constructor(options: ProgramOptions, spec: ProgramSpec, { port, dir, keeper }: ProgramPlaces & { readonly keeper: Keeper }) {
    this.url = `http://127.0.0.1:${port}`;
    this.#options = options;
    this.#waits = new ProgramWaits(options.clock);
    this.#spec = spec;
    this.#dir = dir;
    this.#keeper = keeper;
    this.#life = this.#live();
  }

  /** Serves when it resolves. Throws WorldFailed with what it said. */
  static async start(options: ProgramOptions): Promise<Program> {
    const [free = 0] = options.port === undefined ? await takeFreePorts(1, options.random) : [options.port];
    // Kept from its first moment on: the lab may end while it is filled.
    const dir = mkdtempSync(join(temporaryFolder(), `edgesync-${options.name}-`));
    const keeper = new Keeper(dir);
    try {
      const spec = options.spec({ port: free, dir });
      await lay(dir, spec);
      await build(dir, spec, { ...options, keeper });
      const program = new Program(options, spec, { port: free, dir, keeper });
      try {
        await program.#untilUp(options.isUp);
        return program;
      } catch (error) {
        await program.stop();
        throw error;
      }
    } catch (error) {
      await keeper.end();
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** Why it runs no more, in words; undefined: it runs. */
  get ended(): string | undefined {
    return this.#life.ended;
  }

  /**
   * For how long it was ready to run while no processor was free for it, since the first look. undefined: nobody
   * counts, or it does not run.
   */
  lookAtWaits(): number | undefined {
    const { pid } = this.#life;
    return pid === undefined ? undefined : this.#waits.look(pid);
  }

  /** Resolves when this life of it has ended, with the reason, and the last it said. */
  untilEnded(): Promise<string> {
    const life = this.#life;
    return life.exited.then((why) => life.tell(why));
  }

  /** Freezes it, with its connections open. */
  pause(): void {
    this.#life.signal('SIGSTOP');
  }

  resume(): void {
    this.#life.signal('SIGCONT');
  }

  /** Ends it at once. What it has in its folder stays. */
  async kill(): Promise<void> {
    await this.#life.kill();
    this.#keeper.watch(undefined);
  }

  /** Another life of one that was killed, in the same place. Serves when it resolves. Throws WorldFailed. */
  async startAgain(): Promise<void> {
    const { isUp, isUpAgain = isUp } = this.#options;
    this.#life = this.#live();
    await this.#untilUp(isUpAgain);
  }

  /** Also of one that has ended by itself. */
  async stop(): Promise<void> {
    this.#life.signal('SIGCONT');
    if (!this.#hasServed) await this.#untilListening();
    this.#life.signal('SIGTERM');
    await inTime({ clock: this.#options.clock, ms: STOP_MS_MAX }, this.#life.exited);
    // Others of its group may live.
    await this.#life.kill();
    this.#keeper.watch(undefined);
    await this.#keeper.end();
    // Whoever killed the keeper has left its work to us.
    await rm(this.#dir, { recursive: true, force: true });
  }

  #live(): ProgramLife {
    const { variables, onOutput } = this.#options;
    const environment = environmentOf(this.#dir, this.#spec, variables);
    const life = new ProgramLife({ command: this.#spec.command, environment, dir: this.#dir, onOutput });
    this.#hasServed = false;
    this.#keeper.watch(life.pid, { isStarting: true });
    return life;
  }

  /**
   * What it has of the machine it can give back then: what ends it before leaves that for ever (Squid's shared memory).
   */
  async #untilListening(): Promise<void> {
    const { clock, isUp, isUpAgain = isUp } = this.#options;
    const deadline = clock.monotonicMs() + LISTENS_MS_MAX;
    while (this.#life.ended === undefined && clock.monotonicMs() < deadline) {
      const serves = await isUpAgain(this.url).catch(() => true);
      if (serves) return;
      await sleep(clock, LOOK_MS);
    }
  }

  #serves(life: ProgramLife): void {
    this.#hasServed = true;
    if (life.ended === undefined) this.#keeper.watch(life.pid);
  }

  async #untilUp(isUp: ProgramOptions['isUp']): Promise<void> {
    const { name, clock, signal } = this.#options;
    const life = this.#life;
    const deadline = clock.monotonicMs() + UP_MS_MAX;
    for (;;) {
      if (await isUp(this.url)) return this.#serves(life);
      signal.throwIfAborted();
      if (life.ended !== undefined) throw new WorldFailed(life.tell(`${name} did not start: ${life.ended}`));
      if (clock.monotonicMs() > deadline) throw new WorldFailed(life.tell(`${name} did not serve within ${UP_MS_MAX} ms`));
      await sleep(clock, LOOK_MS, signal);
    }
  }
}

/**
 * What it leaves of temporary files when it is killed is gone with its folder: of the compiler that Varnish calls, for
 * one.
 */
function environmentOf(dir: string, { environment }: Pick<ProgramSpec, 'environment'>, variables: ProgramOptions['variables']) {
  return { ...variables, TMPDIR: dir, ...environment, PATH: pathOf(variables) };
}

type OfBuild = Pick<ProgramOptions, 'name' | 'variables' | 'clock' | 'signal' | 'onOutput'> & { readonly keeper: Keeper };

async function build(dir: string, spec: ProgramSpec, { name, variables, clock, signal, onOutput, keeper }: OfBuild): Promise<void> {
  if (spec.build === undefined) return;
  const environment = environmentOf(dir, spec, variables);
  const watch = (pid: number | undefined) => keeper.watch(pid);
  await buildProgram({ name, command: spec.build, environment, dir, clock, signal, onOutput, watch });
}
