/** What is pasted, up to the marker of its end. */

const END = [...Buffer.from('\u001b[201~')];
const [FIRST] = END;
/** More is not kept. */
const BYTES_MAX = 8 * 1024;

export class Paste {
  readonly #kept: number[] = [];
  /** Bytes of the marker that have come. */
  #matched = 0;

  /** Whether it ends with this byte. */
  take(byte: number): boolean {
    if (byte === END[this.#matched]) this.#matched += 1;
    else {
      // Only its first byte can begin the marker again.
      const isFirst = byte === FIRST;
      this.#keep([...END.slice(0, this.#matched), ...(isFirst ? [] : [byte])]);
      this.#matched = isFirst ? 1 : 0;
    }
    return this.#matched === END.length;
  }

  get text(): string {
    return Buffer.from(this.#kept).toString('utf8');
  }

  #keep(bytes: readonly number[]): void {
    if (this.#kept.length < BYTES_MAX) this.#kept.push(...bytes);
  }
}
