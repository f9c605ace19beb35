/**
 * Where what is written waits until its reader takes it, in the order in which it was written. Standard output and
 * error of one terminal share a channel.
 */
import { type Clock, sleep } from '../services/runtime/clock.ts';

/** At the end of the program a terminal has that long to take something more. */
export const UNREAD_MS_MAX = 2_000;
/** Of what waits. Above it a spare line is left out. */
const SPARE_BYTES_MAX = 256 * 1024;
/** A terminal that is slow takes a piece of that size at a time, which shows that it takes something. */
const PIECE_BYTES = 4 * 1024;

export type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'writableLength'> & {
  write(bytes: Uint8Array, onTaken: () => void): boolean;
};

interface Piece {
  readonly stream: Stream;
  readonly bytes: Uint8Array;
}

export class Channel {
  /**
   * Those that the stream is given one by one: from `#at` on they are still to come. What came since waits behind them.
   */
  #pieces: readonly Piece[] = [];
  #at = 0;
  #waiting: Piece[] = [];
  #waitingBytes = 0;
  /** The one that the stream was given and has not passed on. */
  #given: Piece | undefined;
  #taken = 0;
  #leftOut: { readonly stream: Stream; readonly lines: number } | undefined;
  readonly #listeners = new Set<() => void>();

  get isFree(): boolean {
    return this.#given === undefined && this.#at === this.#pieces.length && this.#waiting.length === 0;
  }

  write(stream: Stream, text: string): void {
    this.#sayLeftOut();
    this.#add(stream, text);
    this.#give();
  }

  /** A line that may be left out when much waits already; how many were is said in their place. */
  writeSpare(stream: Stream, line: string): void {
    if (this.#waitingBytes < SPARE_BYTES_MAX) this.write(stream, line);
    else this.#leftOut = { stream, lines: (this.#leftOut?.lines ?? 0) + 1 };
  }

  whenFree(listener: () => void): void {
    if (this.isFree) listener();
    else this.#listeners.add(listener);
  }

  /** Resolves when everything is taken; with false, when nothing was for `UNREAD_MS_MAX`. */
  async untilFree(clock: Clock): Promise<boolean> {
    while (!this.isFree) {
      const before = this.#taken;
      const freed = new AbortController();
      this.whenFree(() => freed.abort());
      await sleep(clock, UNREAD_MS_MAX, freed.signal);
      if (!this.isFree && this.#taken === before) return false;
    }
    return true;
  }

  #sayLeftOut(): void {
    if (this.#leftOut === undefined) return;
    const { stream, lines } = this.#leftOut;
    this.#leftOut = undefined;
    this.#add(stream, `(${lines} lines are missing here: the reader was too slow)\n`);
  }

  #add(stream: Stream, text: string): void {
    const bytes = Buffer.from(text);
    const size = stream.isTTY ? PIECE_BYTES : bytes.length;
    for (let from = 0; from < bytes.length; from += size) this.#waiting.push({ stream, bytes: bytes.subarray(from, from + size) });
    this.#waitingBytes += bytes.length;
  }

  #give(): void {
    while (this.#given === undefined) {
      const piece = this.#next();
      if (piece === undefined) return this.#tellFree();
      this.#given = piece;
      // Called for a stream that is broken, too: whoever opened it hears of that, and the piece is gone.
      piece.stream.write(piece.bytes, () => this.#onTaken(piece));
      if (piece.stream.writableLength === 0) this.#countTaken(piece);
    }
  }

  #next(): Piece | undefined {
    if (this.#at === this.#pieces.length) {
      this.#pieces = this.#waiting;
      this.#waiting = [];
      this.#at = 0;
    }
    const piece = this.#pieces[this.#at];
    if (piece !== undefined) this.#at += 1;
    return piece;
  }

  /** A turn later than it was counted, where the stream took it at once. */
  #onTaken(piece: Piece): void {
    if (this.#given !== piece) return;
    this.#countTaken(piece);
    this.#give();
  }

  #countTaken({ bytes }: Piece): void {
    this.#given = undefined;
    this.#taken += 1;
    this.#waitingBytes -= bytes.length;
  }

  #tellFree(): void {
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  }
}
