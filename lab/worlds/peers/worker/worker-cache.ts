/**
 * A cache that is no program but a library, as an application has it: the worker serves it by HTTP. How the library is
 * used is what its own documentation shows, and nothing more: what is raced is the library.
 */
import type { Fetched } from './upstream-client.ts';

export interface WorkerAnswer extends Fetched {
  /** It was in the cache. */
  readonly isHit: boolean;
}

export interface WorkerCache {
  read(path: string): Promise<WorkerAnswer>;
  /** Purges. What a library has no word for is left out. */
  forget(path: string): Promise<void>;
  forgetTag?(tag: string): Promise<void>;
  forgetAll?(): Promise<void>;
}

export interface WorkerOptions {
  /** `host:port`. */
  readonly upstream: string;
  /** The npm package of the user; throws where the target file names none. */
  readonly library: () => unknown;
}

export type OpenWorkerCache = (options: WorkerOptions) => WorkerCache | Promise<WorkerCache>;
