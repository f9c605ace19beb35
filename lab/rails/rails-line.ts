/** What the rails of live targets let through, in a line. */
import { plural } from '../input/plural.ts';
import type { RailsReport } from './rails.ts';

type Sent = Pick<RailsReport, 'hosts' | 'perSecond' | 'allowsWidePurge' | 'requests' | 'purges'> & { readonly writes?: number | undefined };

export function railsLine({ hosts, perSecond, allowsWidePurge, requests, purges, writes }: Sent): string {
  const named = hosts.map(({ host, addresses, isNamed }) => `${host} (${addresses.join(', ')}${isNamed ? ', allowed by name' : ''})`);
  const wide = allowsWidePurge ? '; wide purges were allowed' : '';
  const sent = `${plural(requests, 'request')}, ${purges} of them purges${writes === undefined ? '' : ` and ${writes} writes`}`;
  return `sent ${sent}, to ${named.join(' and ')}, at most ${perSecond} a second${wide}`;
}
