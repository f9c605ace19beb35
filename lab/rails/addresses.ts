/** Where an address leads: to this machine, into a private network, or out. */
import { BlockList, isIPv6 } from 'node:net';

/**
 * `never`: no cache is there: addresses of nobody, of everybody, and of the link, where clouds keep the secrets of a
 * machine.
 */
export type Reach = 'loopback' | 'private' | 'public' | 'never';

/** In the order in which they are asked: some of the first lie in the network of another. */
const SUBNETS: Readonly<Record<Exclude<Reach, 'public'>, readonly string[]>> = {
  never: [
    '0.0.0.0/8',
    '169.254.0.0/16',
    '224.0.0.0/4',
    '240.0.0.0/4',
    '::/128',
    'fe80::/10',
    'ff00::/8',
    'fd00:ec2::/32',
    'fd20:ce::/32',
    '168.63.129.16/32',
    '100.100.100.200/32',
    '192.0.0.192/32',
  ],
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

const lists = Object.entries(SUBNETS).map(([reach, subnets]) => ({
  reach: reach as Reach,
  list: listOf(reach === 'never' ? [...subnets, ...Object.values(SUBNETS).flat().flatMap(inIpv6)] : subnets),
}));

/** An address of IPv4 inside one of IPv6 (`::ffff:10.0.0.1`) counts as what it is. */
export function reachOf(address: string): Reach {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  return lists.find(({ list }) => list.check(address, family))?.reach ?? 'public';
}

/**
 * By which ways a subnet of IPv4 is reached through IPv6: by translation (RFC 6052), by a tunnel (RFC 3056), and as it
 * was first meant.
 */
function inIpv6(subnet: string): readonly string[] {
  const [net = '', bits] = subnet.split('/');
  if (isIPv6(net)) return [];
  const [a = 0, b = 0, c = 0, d = 0] = net.split('.').map(Number);
  const words = [a * 256 + b, c * 256 + d].map((word) => word.toString(16)).join(':');
  const inside = [`64:ff9b::${words}/${96 + Number(bits)}`, `2002:${words}::/${16 + Number(bits)}`];
  // The first of them is this machine (`::1`).
  return a === 0 ? inside : [...inside, `::${words}/${96 + Number(bits)}`];
}

function listOf(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [net = '', bits] = subnet.split('/');
    list.addSubnet(net, Number(bits), isIPv6(net) ? 'ipv6' : 'ipv4');
  }
  return list;
}
