/**
 * The URL of a live cache: scheme, host and port, and nothing else. A host is only taken as it is looked up in the end:
 * another spelling of an address (capitals aside) would hide whom it names.
 */
import { isIPv6 } from 'node:net';

export interface CacheUrl {
  /** `https://cdn.example:8443`, without a path. */
  readonly text: string;
  readonly isSecure: boolean;
  /** In lower case; an address of IPv6 without brackets. */
  readonly host: string;
}

/** What is wrong, in a sentence without the text: it may hold a password. */
export interface Unreadable {
  readonly problem: string;
}

const URL_PARTS = /^(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([1-9]\d{0,4}))?\/?$/i;
const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)$/i;
const MAPPED = /^\[::ffff:/i;
const PORT_MAX = 65_535;
const EXPECTED_URL = 'expected a URL such as https://cdn.example, with no path, no user and no password';
const EXPECTED_HOST = 'expected a host such as cdn.example or 192.0.2.7, without a scheme, a port and a path';

export function readCacheUrl(text: string): CacheUrl | Unreadable {
  const [, scheme = '', written, port] = URL_PARTS.exec(text) ?? [];
  if (written === undefined || Number(port ?? 0) > PORT_MAX) return { problem: EXPECTED_URL };
  const host = readHost(written);
  if (typeof host !== 'string') return host;
  const inUrl = isIPv6(host) ? `[${host}]` : host;
  return {
    text: `${scheme.toLowerCase()}://${inUrl}${port === undefined ? '' : `:${port}`}`,
    isSecure: scheme.toLowerCase() === 'https',
    host,
  };
}

/** A host alone, as `--allow-external` has it. */
export function readHost(written: string): string | Unreadable {
  const text = isIPv6(written) ? `[${written}]` : written;
  if (!HOST.test(text)) return { problem: EXPECTED_HOST };
  if (text.endsWith('.')) return { problem: 'expected a host without a dot at its end' };
  if (MAPPED.test(text)) return { problem: 'expected an address of IPv4 as such, not inside one of IPv6' };
  const canonical = URL.canParse(`http://${text}`) ? new URL(`http://${text}`).hostname : undefined;
  if (canonical === undefined) return { problem: EXPECTED_HOST };
  if (canonical !== text.toLowerCase()) return { problem: `expected the host as it is looked up: ${canonical}` };
  return canonical.replace(/^\[|\]$/g, '');
}
