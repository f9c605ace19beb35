/**
 * The upstream of a region whose cache is not ours, on the link of that cache to the origin. It runs as long as the
 * world.
 */
import type { EdgeConfig } from '../../../services/edge/config.ts';
import type { EdgeMeter } from '../../../services/edge/metrics.ts';
import { FETCH_DEADLINE_MS } from '../../../services/protocol/edge-api.ts';
import { Upstream, type UpstreamOptions } from '../../../services/upstream/upstream.ts';
import { WorldFailed } from '../../errors.ts';
import { nodeName } from '../../system/parts.ts';
import type { HostedTarget } from '../../targets/target.ts';
import { Gate } from '../wires/gate.ts';
import { layWire, type Shared } from './launch.ts';
import { ServerNode } from './nodes.ts';

export interface LaunchUpstreamOptions {
  readonly configured: Pick<EdgeConfig, 'REGION_NAME' | 'ORIGIN_URL'>;
  readonly target: Pick<HostedTarget, 'lifetime' | 'missing' | 'untagged304'>;
  readonly shared: Shared;
  /** Counts what it asks. */
  readonly meter: EdgeMeter;
  /** Where it listens, and what its tags begin with. Left out: on a free port of this machine, and with nothing. */
  readonly at?: Pick<UpstreamOptions, 'host' | 'port' | 'tagPrefix'>;
}

const ANYWHERE = { host: '127.0.0.1', port: 0 } as const;

/** Rejects with the error of the system where it cannot listen there. */
export async function launchUpstream({ configured, target, shared, meter, at = ANYWHERE }: LaunchUpstreamOptions): Promise<Upstream> {
  const { control, releasers, hosting } = shared;
  const { clock } = hosting;
  const edge = nodeName('edge', configured.REGION_NAME);
  const caller = new Gate();
  const toOrigin = layWire(hosting, 'edge-origin', edge, new ServerNode().gate);
  const toError = (why: string) => new WorldFailed(`no answer from the origin: ${why}`);
  const upstream = await Upstream.listen({
    ...at,
    originUrl: configured.ORIGIN_URL,
    lifetimeMs: target.lifetime,
    missingMs: target.missing,
    untagged304: target.untagged304 ?? false,
    clock,
    random: hosting.random.fork(`upstream:${configured.REGION_NAME}`),
    across: (send) => toOrigin.call(send, { caller, deadlineMs: FETCH_DEADLINE_MS, toError }),
    onFetch: (what) => (what === 'asked' ? meter.countOriginFetch() : meter.countFailedFetch()),
  });
  releasers.push(() => upstream.close());
  const probe = hosting.createOriginClient(configured.ORIGIN_URL);
  releasers.push(() => probe.close());
  control.addLink({ caller: edge, callee: 'origin' }, toOrigin, async () => {
    if (!(await probe.answers())) throw new Error('the origin does not answer');
  });
  return upstream;
}
