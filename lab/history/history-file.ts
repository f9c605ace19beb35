/**
 * `history.ndjson` as it grows. Lines are handed to the system within a quarter of a second, so that a lab that is
 * killed leaves all but the last moment; synced to disk they are not, for it is the lab that is killed and not the
 * machine.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { Clock, Timer } from '../../services/runtime/clock.ts';
import { notWritten } from '../report/whole-files.ts';
import type { HistoryLine } from './history-lines.ts';
import { ZstdEncoder } from './zstd.ts';

const FLUSH_MS = 250;
/** Less what the umask takes. */
const FILE_MODE = 0o666;

export function toText(line: HistoryLine): string {
  return `${JSON.stringify(line)}\n`;
}

export interface HistoryFileOptions {
  readonly path: string;
  readonly clock: Clock;
  /** With zstd. Left out: no. */
  readonly isCompressed?: boolean;
}

export class HistoryFile {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #encoder: ZstdEncoder | undefined;
  #waiting: string[] = [];
  #timer: Timer | undefined;
  #written: Promise<void> = Promise.resolve();
  #failure: unknown;

  private constructor(file: FileHandle, { path, clock, isCompressed = false }: HistoryFileOptions) {
    this.#file = file;
    this.#path = path;
    this.#clock = clock;
    this.#encoder = isCompressed ? new ZstdEncoder() : undefined;
  }

  /** The file must not be there yet. */
  static async create(options: HistoryFileOptions): Promise<HistoryFile> {
    return new HistoryFile(await open(options.path, 'wx', FILE_MODE), options);
  }

  write(line: HistoryLine): void {
    this.#waiting.push(toText(line));
    this.#timer ??= this.#clock.setTimer(FLUSH_MS, () => this.#flush());
  }

  /** Throws WorldFailed when something of it could not be written. */
  async close(): Promise<void> {
    this.#flush();
    const encoder = this.#encoder;
    if (encoder !== undefined) this.#append(() => encoder.end());
    await this.#written;
    await this.#file.close().catch((error: unknown) => {
      this.#failure ??= error;
    });
    if (this.#failure !== undefined) throw notWritten(this.#path, this.#failure);
  }

  /** Whole lines, one write after another. */
  #flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const text = this.#waiting.join('');
    this.#waiting = [];
    if (text !== '') this.#append(async () => this.#encoder?.add(text) ?? text);
  }

  #append(toBytes: () => Promise<Buffer | string>): void {
    this.#written = this.#written
      .then(async () => this.#file.appendFile(await toBytes()))
      .catch((error: unknown) => {
        this.#failure ??= error;
      });
  }
}
