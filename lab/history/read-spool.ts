/**
 * Reads on disk, in runs that are each in order. The file has no name: it is gone with the process, however that ends.
 * Nobody else can open it. Reading and writing block: a run of the lab writes some megabytes a minute, and judging has
 * nothing else to do.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../input/places.ts';
import { ReadCodec } from './read-codec.ts';
import type { ReadOperation } from './records.ts';

const BLOCK_READS = 1_024;
const FILE_MODE = 0o600;

interface Block {
  readonly at: number;
  readonly bytes: number;
}

/** A sorted run of reads. */
export interface SpooledRun {
  readonly first: ReadOperation | undefined;
  readonly blocks: readonly Block[];
}

/** The file of a history that nobody holds any more. */
const FORGOTTEN = new FinalizationRegistry<number>((file) => closeSync(file));

export class ReadSpool {
  readonly #codec = new ReadCodec();
  readonly #file: number;
  #length = 0;

  /** Throws what the system says where no file can be made. */
  constructor() {
    const folder = mkdtempSync(join(temporaryFolder(), 'edgesync-lab-reads-'));
    try {
      this.#file = openSync(join(folder, 'reads'), 'wx+', FILE_MODE);
    } finally {
      rmSync(folder, { recursive: true });
    }
    FORGOTTEN.register(this, this.#file);
  }

  /** `reads`: in their order. Throws what the system says where the disk is full: then nothing of it counts. */
  write(reads: readonly ReadOperation[]): SpooledRun {
    const blocks: Block[] = [];
    let end = this.#length;
    for (let from = 0; from < reads.length; from += BLOCK_READS) {
      const bytes = this.#codec.encode(reads.slice(from, from + BLOCK_READS));
      for (let written = 0; written < bytes.length; )
        written += writeSync(this.#file, bytes, written, bytes.length - written, end + written);
      blocks.push({ at: end, bytes: bytes.length });
      end += bytes.length;
    }
    this.#length = end;
    return { first: reads[0], blocks };
  }

  *read({ blocks }: SpooledRun): Generator<readonly ReadOperation[], void, undefined> {
    for (const { at, bytes } of blocks) {
      const block = Buffer.from(new ArrayBuffer(bytes));
      for (let have = 0; have < bytes; ) {
        const got = readSync(this.#file, block, have, bytes - have, at + have);
        if (got === 0) throw new TypeError(`expected ${bytes} bytes of a spool, got ${have}`);
        have += got;
      }
      yield this.#codec.decode(block);
    }
  }
}
