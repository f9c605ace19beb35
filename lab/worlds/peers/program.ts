/**
 * A foreign cache as a child: a process group of its own, in a folder of its own, on a free port of 127.0.0.1. Nothing of it is left when it
 * is stopped, nor when the lab ends in whatever way, be it by kill -9: a shell beside it waits for the end of a pipe that the lab holds open,
 * then kills the group and removes the folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chown, constants, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { type Clock, sleep } from '../../../services/runtime/clock.ts';
import type { Random } from '../../../services/runtime/random.ts';
import { WorldFailed } from '../../errors.ts';
import { temporaryFolder } from '../../input/places.ts';
import { printable } from '../../input/printable.ts';
import { takeFreePorts } from '../docker/free-ports.ts';

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
  /** Whether it serves. */
  readonly isUp: (url: string) => Promise<boolean>;
  readonly signal: AbortSignal;
}

export interface ProgramSpec {
  readonly command: readonly string[];
  /** By their names below its folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly folders: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly owner: string | undefined;
}

const UP_MS_MAX = 30_000;
const LOOK_MS = 30;
const STOP_MS_MAX = 2_000;
const SAID_LENGTH_MAX = 2_000;
/** Servers stand there, and the PATH of a user need not name it. */
const SERVER_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'] as const;

/** Where its programs are looked for. */
function pathOf(variables: ProgramOptions['variables']): string {
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
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  readonly #exited: Promise<string>;
  readonly #keeper: ChildProcess;
  readonly #dir: string;
  #said = '';
  #ended: string | undefined;

  private constructor(child: ChildProcess, keeper: ChildProcess, { port, dir, clock }: ProgramPlaces & Pick<ProgramOptions, 'clock'>) {
    this.url = `http://127.0.0.1:${port}`;
    this.#child = child;
    this.#keeper = keeper;
    this.#dir = dir;
    this.#clock = clock;
    const exited = Promise.withResolvers<string>();
    this.#exited = exited.promise;
    void exited.promise.then((why) => {
      this.#ended = why;
    });
    child.once('error', (error) => exited.resolve(whyNotStarted(error, child.spawnfile)));
    child.once('exit', (code, signal) => exited.resolve(`it ended (${signal ?? `exit ${code}`})`));
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#said = `${this.#said}${text}`.slice(-SAID_LENGTH_MAX);
      });
  }

  /** Serves when it resolves. Throws WorldFailed with what it said. */
  static async start(options: ProgramOptions): Promise<Program> {
    const { name, spec, variables, clock, isUp, signal } = options;
    const [port = 0] = await takeFreePorts(1, options.random);
    const dir = await mkdtemp(join(temporaryFolder(), `edgesync-${name}-`));
    try {
      const { command, files, folders, environment, owner } = spec({ port, dir });
      await lay(dir, { files, folders, owner });
      const [word = '', ...words] = command;
      const env = { ...variables, ...environment, PATH: pathOf(variables) };
      const child = spawn(word, words, { cwd: dir, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env });
      const program = new Program(child, keep(child, dir), { port, dir, clock });
      try {
        await program.#untilUp(name, isUp, signal);
        return program;
      } catch (error) {
        await program.stop();
        throw error;
      }
    } catch (error) {
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  /** Why it runs no more, in words; undefined: it runs. */
  get ended(): string | undefined {
    return this.#ended;
  }

  /** Also of one that has ended by itself: others of its group may live. */
  async stop(): Promise<void> {
    this.#signal('SIGCONT');
    this.#signal('SIGTERM');
    await Promise.race([this.#exited, sleep(this.#clock, STOP_MS_MAX)]);
    // Whoever killed the keeper has left its work to us.
    this.#signal('SIGKILL');
    await this.#exited;
    this.#keeper.stdin?.end();
    if (this.#keeper.exitCode === null && this.#keeper.signalCode === null) await once(this.#keeper, 'exit');
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #untilUp(name: string, isUp: ProgramOptions['isUp'], signal: AbortSignal): Promise<void> {
    const deadline = this.#clock.monotonicMs() + UP_MS_MAX;
    for (;;) {
      if (await isUp(this.url)) return;
      signal.throwIfAborted();
      if (this.#ended !== undefined) throw new WorldFailed(this.#tell(`${name} did not start: ${this.#ended}`));
      if (this.#clock.monotonicMs() > deadline) throw new WorldFailed(this.#tell(`${name} did not serve within ${UP_MS_MAX} ms`));
      await sleep(this.#clock, LOOK_MS, signal);
    }
  }

  #tell(why: string): string {
    const said = printable(this.#said.trim());
    return said === '' ? why : `${why}; it said: ${said}`;
  }

  /** To the whole group; who is gone is gone. */
  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

/** In a group of its own, so that no signal of a terminal meets it. */
function keep({ pid }: ChildProcess, dir: string): ChildProcess {
  // A program that could not be started has no group.
  const group = pid === undefined ? '' : `-${pid}`;
  const script = 'cat >/dev/null; [ -z "$1" ] || kill -s KILL -- "$1" 2>/dev/null; rm -rf -- "$2"';
  return spawn('/bin/sh', ['-c', script, 'sh', group, dir], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
}

function whyNotStarted(error: Error, program: string): string {
  return 'code' in error && error.code === 'ENOENT' ? `${program} is not on this machine` : error.message;
}

/** Whoever gives up being root must still be able to write there. */
async function lay(dir: string, { files, folders, owner }: Pick<ProgramSpec, 'files' | 'folders' | 'owner'>): Promise<void> {
  const all = new Set<string>([dir]);
  const add = async (folder: string) => {
    await mkdir(folder, { recursive: true });
    for (let at = folder; at.startsWith(dir); at = dirname(at)) all.add(at);
  };
  for (const folder of folders) await add(join(dir, folder));
  for (const [name, text] of Object.entries(files)) {
    const file = join(dir, name);
    await add(dirname(file));
    await writeFile(file, text);
    all.add(file);
  }
  if (owner === undefined || process.getuid?.() !== 0) return;
  const ids = await idsOf(owner);
  for (const place of all) await chown(place, ids.uid, ids.gid);
}

/** Throws WorldFailed for a user that this machine does not have. */
async function idsOf(owner: string): Promise<{ readonly uid: number; readonly gid: number }> {
  const row = (await readFile('/etc/passwd', 'utf8')).split('\n').find((line) => line.startsWith(`${owner}:`));
  const [, , uid, gid] = row?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new WorldFailed(`expected a user ${owner} on this machine, found none`);
  return { uid: Number(uid), gid: Number(gid) };
}
