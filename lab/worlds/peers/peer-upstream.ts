/** The upstream of a peer, in this process. */
import type { Clock } from '../../../services/runtime/clock.ts';
import type { Random } from '../../../services/runtime/random.ts';
import { Upstream } from '../../../services/upstream/upstream.ts';
import type { UpstreamControl } from '../../targets/upstream-control.ts';

export interface PeerUpstreamOptions {
  readonly originUrl: string;
  readonly lifetimeMs: number;
  readonly missingMs: number;
  readonly clock: Clock;
  readonly random: Random;
  /** Where it listens. Left out: on a free port of 127.0.0.1. */
  readonly at?: { readonly host: string; readonly port: number };
}

export interface PeerUpstream extends UpstreamControl {
  readonly port: number;
  close(): Promise<void>;
}

const ANYWHERE = { host: '127.0.0.1', port: 0 } as const;

/** Serves when it resolves. Rejects with the error of the system where it cannot listen there. */
export function startPeerUpstream({ at = ANYWHERE, ...options }: PeerUpstreamOptions): Promise<PeerUpstream> {
  return Upstream.listen({ ...options, ...at });
}
