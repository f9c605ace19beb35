/**
 * A history compressed with zstd (RFC 8878), one frame, which grows: what has been added can be read back at any
 * moment, so that a lab that is killed leaves all but the last moment.
 */
import { finished } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { InvalidInput } from '../errors.ts';

const MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
export const ZSTD_MAGIC_BYTES = MAGIC.length;
/** Node's word for input that ends within a frame. */
const CUT_OFF = 'Z_BUF_ERROR';

export function isZstd(bytes: Buffer): boolean {
  return bytes.subarray(0, MAGIC.length).equals(MAGIC);
}

export class ZstdEncoder {
  /** With a checksum: what was damaged on the way is refused. */
  readonly #stream = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  #waiting: Buffer[] = [];

  constructor() {
    this.#stream.on('data', (chunk: Buffer) => this.#waiting.push(chunk));
  }

  /** Answers bytes from which, after those before, all the text can be read back. */
  async add(text: string): Promise<Buffer> {
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(text, (error) => (error ? reject(error) : resolve()));
    });
    await new Promise<void>((resolve) => this.#stream.flush(constants.ZSTD_e_flush, () => resolve()));
    return this.#taken();
  }

  /** The end of the frame. */
  async end(): Promise<Buffer> {
    this.#stream.end();
    await finished(this.#stream);
    return this.#taken();
  }

  #taken(): Buffer {
    const taken = Buffer.concat(this.#waiting);
    this.#waiting = [];
    return taken;
  }
}

/**
 * Of all its frames, and as much as there is of one that was cut off, a part at a time: however much it is, no more is
 * made than is taken. Throws InvalidInput for what is damaged.
 */
export async function* decompressed(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < bytes.length; ) {
    // Node's stream ends with the first frame that it is given.
    const stream = createZstdDecompress();
    stream.end(bytes.subarray(at));
    try {
      for await (const chunk of stream) yield chunk;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === CUT_OFF) return;
      throw new InvalidInput(`expected zstd data, got damaged data (${error instanceof Error ? error.message : String(error)})`, {
        cause: error,
      });
    }
    at += stream.bytesWritten;
  }
}
