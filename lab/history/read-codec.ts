/**
 * Reads as columns of numbers: 72 bytes each, whatever their keys are called. What many reads have in common (region,
 * phase, outcome, label) is one number, and so is each text: the codec remembers what they stand for. It grows with the
 * keys, not with the reads.
 */
import type { ReadOperation } from './records.ts';

const NUMBERS = 7;
const WORDS = 4;
const BYTES = NUMBERS * Float64Array.BYTES_PER_ELEMENT + WORDS * Uint32Array.BYTES_PER_ELEMENT;
const NOTHING = Number.NaN;
/** A writer may be null; no number of a read is infinite. */
const NULL = Number.NEGATIVE_INFINITY;

type Common = Pick<ReadOperation, 'kind' | 'region' | 'phase' | 'outcome' | 'final' | 'found' | 'source' | 'status' | 'bypassed'>;

export class ReadCodec {
  readonly #texts = new Dictionary<string | undefined>();
  readonly #commons = new Dictionary<Common>();

  encode(reads: readonly ReadOperation[]): Buffer {
    const numbers = new Float64Array(reads.length * NUMBERS);
    const words = new Uint32Array(reads.length * WORDS);
    for (const [at, read] of reads.entries()) {
      const { id, startMs, endMs = NOTHING, dueMs = NOTHING, cachedMs = NOTHING, version = NOTHING, writer = NOTHING } = read;
      numbers.set([id, startMs, endMs, dueMs, cachedMs, version, writer ?? NULL], at * NUMBERS);
      words.set([this.#text(read.slot), this.#text(read.key), this.#text(read.error), this.#common(read)], at * WORDS);
    }
    return Buffer.concat([bytesOf(numbers), bytesOf(words)]);
  }

  /** `bytes`: what `encode` gave, at the beginning of a buffer. */
  decode(bytes: Buffer<ArrayBuffer>): ReadOperation[] {
    const count = bytes.byteLength / BYTES;
    const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, count * NUMBERS);
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset + numbers.byteLength, count * WORDS);
    return Array.from({ length: count }, (_, at) => this.#readAt(numbers, at * NUMBERS, words, at * WORDS));
  }

  #readAt(numbers: Float64Array, number: number, words: Uint32Array, word: number): ReadOperation {
    return {
      ...this.#commons.at(words[word + 3]),
      id: numbers[number] ?? 0,
      startMs: numbers[number + 1] ?? 0,
      endMs: toOptional(numbers[number + 2]),
      dueMs: toOptional(numbers[number + 3]),
      cachedMs: toOptional(numbers[number + 4]),
      version: toOptional(numbers[number + 5]),
      writer: numbers[number + 6] === NULL ? null : toOptional(numbers[number + 6]),
      slot: this.#texts.at(words[word]) ?? '',
      key: this.#texts.at(words[word + 1]) ?? '',
      error: this.#texts.at(words[word + 2]),
    };
  }

  #text(text: string | undefined): number {
    return this.#texts.wordOf(text === undefined ? '' : `=${text}`, () => text);
  }

  #common({ kind, region, phase, outcome, final, found, source, status, bypassed }: ReadOperation): number {
    const name = `${region} ${phase} ${outcome} ${final} ${found} ${source} ${status} ${bypassed}`;
    return this.#commons.wordOf(name, () => ({ kind, region, phase, outcome, final, found, source, status, bypassed }));
  }
}

/** Gives each of a few values a number, in the order in which they come. */
class Dictionary<Value> {
  readonly #values: Value[] = [];
  readonly #words = new Map<string, number>();

  wordOf(name: string, make: () => Value): number {
    const known = this.#words.get(name);
    if (known !== undefined) return known;
    this.#words.set(name, this.#values.length);
    return this.#values.push(make()) - 1;
  }

  /** Throws TypeError for what it never gave. */
  at(word = Number.NaN): Value {
    if (word in this.#values) return this.#values[word] as Value;
    throw new TypeError(`expected a word of the dictionary, got ${word}`);
  }
}

function toOptional(number: number | undefined): number | undefined {
  return number === undefined || Number.isNaN(number) ? undefined : number;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Uint32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
