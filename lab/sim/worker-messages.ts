/** What passes between a campaign and the processes that run its seeds. Both ends are of one version. */
import type { SeedOutcome, SeedSetup } from './outcome.ts';

export type ToWorker = { readonly type: 'setup'; readonly setup: SeedSetup } | { readonly type: 'run'; readonly seeds: readonly number[] };

export type FromWorker =
  /** It is loaded, and takes seeds. */
  | { readonly type: 'ready' }
  | { readonly type: 'outcome'; readonly outcome: SeedOutcome }
  /** Everything it was given is done. */
  | { readonly type: 'idle' }
  /** Its last words: the seed under way has ended the process. */
  | { readonly type: 'crashed'; readonly message: string };
