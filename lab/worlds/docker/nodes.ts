/**
 * Which service of compose.yaml is which node of the lab. Around a cache of others stand two that do for it what an
 * edge of ours does by itself.
 */
import {
  kindOf,
  type Link,
  MEMBER_MARK,
  MEMBERS_MAX,
  memberName,
  NODE_KINDS,
  NODES,
  type NodeKind,
  type NodeName,
  nodeName,
  regionOf,
} from '../../system/parts.ts';
import { purgerService, upstreamService } from '../../topology/target-services.ts';

export function serviceOf(node: NodeName): string {
  return node.replace(':', '-').replace(MEMBER_MARK, '-');
}

/** The services of a cluster, by what they are. */
export class Parts {
  readonly #services: Pick<ReadonlySet<string>, 'has'>;

  constructor(services: Pick<ReadonlySet<string>, 'has'>) {
    this.#services = services;
  }

  /**
   * That opens a link: for a cache of others it is its upstream that asks the origin, and its purger that hears the
   * log. Where the cache hears the log itself, its upstream stands beside it: what is asked across the link is asked
   * from there.
   */
  callerOf({ caller, callee }: Link): string {
    const region = kindOf(caller) === 'edge' ? regionOf(caller) : undefined;
    if (region === undefined || !this.#isOfOthers(region)) return serviceOf(caller);
    const purger = purgerService(region);
    return kindOf(callee) === 'origin' || !this.#services.has(purger) ? upstreamService(region) : purger;
  }

  /** That is told the settings of a region. */
  settingsOf(region: string): string {
    return this.#isOfOthers(region) ? purgerService(region) : serviceOf(nodeName('edge', region));
  }

  /** Those that are told the settings of a region: each of its edges. */
  allSettingsOf(region: string): readonly string[] {
    const first = this.settingsOf(region);
    const further = Array.from({ length: MEMBERS_MAX - 1 }, (_, at) => serviceOf(memberName(region, at + 2)));
    return [first, ...(this.#isOfOthers(region) ? [] : further.filter((service) => this.#services.has(service)))];
  }

  /** The region whose settings end with the process of a node; undefined: none. */
  settingsIn(node: NodeName): string | undefined {
    const region = regionOf(node);
    return region !== undefined && this.allSettingsOf(region).includes(serviceOf(node)) ? region : undefined;
  }

  /** Whether links can be asked across from the container of a service. */
  canAsk(service: string): boolean {
    const region = service.slice(service.indexOf('-') + 1);
    if (this.#isOfOthers(region)) return service === upstreamService(region) || service === purgerService(region);
    const isOf = (kind: NodeKind) => (NODES[kind].isRegional ? service.startsWith(serviceOf(nodeName(kind))) : service === kind);
    return NODE_KINDS.some((kind) => NODES[kind].canAsk && isOf(kind));
  }

  #isOfOthers(region: string): boolean {
    return this.#services.has(upstreamService(region));
  }
}
