/** What the lab asks of an upstream, wherever that runs. */
import type { HoldPlace, UpstreamFetch } from '../../services/protocol/upstream-api.ts';

export interface UpstreamHold {
  /** Resolves when an answer waits there. */
  readonly reached: Promise<UpstreamFetch>;
  release(): void;
}

export interface UpstreamControl {
  /** What its stamps say. */
  readonly run: string;
  hold(path: string, at: HoldPlace): UpstreamHold;
  set(path: string, settings: { readonly lifetimeMs?: number; readonly untagged304?: boolean }): void;
  fetchesOf(path: string): readonly UpstreamFetch[];
}
