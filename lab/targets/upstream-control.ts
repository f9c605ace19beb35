/** What the lab asks of an upstream, wherever that runs: one in this process answers at once. */
import type { HoldPlace, UpstreamFetch } from '../../services/protocol/upstream-api.ts';

export interface UpstreamHold {
  /** Resolves when an answer waits there. */
  readonly reached: Promise<UpstreamFetch>;
  /** Lets it go. Never rejects: an upstream that cannot be reached any more lets go by itself after a minute. */
  release(): void | Promise<void>;
}

type Soon<T> = T | Promise<T>;

/** Of one in another process, each throws CallFailed without a usable answer. */
export interface UpstreamControl {
  /** What its stamps say. */
  readonly run: string;
  /** It is in force when it resolves. */
  hold(path: string, at: HoldPlace): Soon<UpstreamHold>;
  set(path: string, settings: { readonly lifetimeMs?: number; readonly untagged304?: boolean }): Soon<void>;
  fetchesOf(path: string): Soon<readonly UpstreamFetch[]>;
}
