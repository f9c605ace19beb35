/**
 * Which hosts the lab may ask: this machine, and those that were named. The address of each is looked up once and kept:
 * a name that leads elsewhere later leads the lab nowhere.
 */
import { lookup as lookUpName } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { InvalidInput } from '../errors.ts';
import { type Reach, reachOf } from './addresses.ts';
import { type CacheUrl, readHost } from './cache-url.ts';

export interface KeptHost {
  readonly host: string;
  /** Those that it was looked up as, once. */
  readonly addresses: readonly string[];
  /** It was named by `--allow-external`; else it is this machine. */
  readonly isNamed: boolean;
}

/** All addresses of a name, at least one. Rejects with an error whose code says why. */
export type LookUp = (name: string) => Promise<readonly string[]>;

export const systemLookUp: LookUp = async (name) => (await lookUpName(name, { all: true })).map(({ address }) => address);

const THIS_MACHINE = 'localhost';

/** Hosts as `--allow-external` names them. Throws InvalidInput. */
export function readAllowed(words: readonly string[]): readonly string[] {
  return words.map((word) => {
    const host = readHost(word);
    if (typeof host !== 'string') throw new InvalidInput(`--allow-external: ${host.problem}`);
    return host;
  });
}

/** Looks nothing up. `what`: of the target, for the message. Throws InvalidInput. */
export function checkNamed(url: CacheUrl, { allowed, what }: Pick<KeepOptions, 'allowed' | 'what'>): void {
  const { host } = url;
  const isNamed = allowed.includes(host);
  if (isIP(host) !== 0) return checkReach(reachOf(host), { url, what, address: host, isNamed });
  if (host === THIS_MACHINE || isNamed) return;
  throw new InvalidInput(`${what}: ${host} is not this machine; --allow-external ${host} lets the lab send requests to it`);
}

export interface KeepOptions {
  readonly allowed: readonly string[];
  readonly what: string;
  readonly lookUp: LookUp;
}

/** Throws InvalidInput for an address that the rails let nothing go to. */
export async function keepHost(url: CacheUrl, { allowed, what, lookUp }: KeepOptions): Promise<KeptHost> {
  checkNamed(url, { allowed, what });
  const { host } = url;
  const addresses = isIP(host) === 0 ? await lookedUp(host, { what, lookUp }) : [host];
  const isNamed = allowed.includes(host);
  for (const address of addresses) checkReach(reachOf(address), { url, what, address, isNamed });
  return { host, addresses, isNamed };
}

interface CheckedAddress {
  readonly url: CacheUrl;
  readonly what: string;
  readonly address: string;
  readonly isNamed: boolean;
}

function checkReach(reach: Reach, { url: { host, isSecure }, what, address, isNamed }: CheckedAddress): void {
  const leads = host === address ? host : `${host} is ${address}, which`;
  if (reach === 'never') throw new InvalidInput(`${what}: ${leads} is no address of a cache; name another`);
  if (reach === 'public' && !isSecure) throw new InvalidInput(`${what}: ${leads} is a public address; expected https:, got http:`);
  if (reach !== 'loopback' && !isNamed)
    throw new InvalidInput(`${what}: ${leads} is not this machine; --allow-external ${host} lets the lab send requests to it`);
}

async function lookedUp(host: string, { what, lookUp }: Pick<KeepOptions, 'what' | 'lookUp'>): Promise<readonly string[]> {
  try {
    const addresses = await lookUp(host);
    if (addresses.length > 0) return addresses;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    throw new InvalidInput(`${what}: no address of ${host} is known${code}; expected a name that can be looked up here`, { cause: error });
  }
  throw new InvalidInput(`${what}: no address of ${host} is known; expected a name that can be looked up here`);
}

/** What the connections ask in place of the system: the kept addresses, and for any other name none. */
export function lookupOf(hosts: readonly KeptHost[]): LookupFunction {
  return (name, { all }, callback) => {
    const found = (hosts.find(({ host }) => host === name)?.addresses ?? []).map((address) => ({ address, family: isIP(address) }));
    const [first] = found;
    if (first === undefined) return callback(new Error(`${name} is no host of this run`), '', 0);
    if (all) return callback(null, found);
    callback(null, first.address, first.family);
  };
}
