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
}

export interface PeerUpstream extends UpstreamControl {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves on a free port of 127.0.0.1 when it resolves. */
export function startPeerUpstream(options: PeerUpstreamOptions): Promise<PeerUpstream> {
  return Upstream.listen({ ...options, host: '127.0.0.1', port: 0 });
}
