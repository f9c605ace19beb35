/** Whom the lab may ask: every spelling, every address, and names that lead elsewhere. */
import { describe, expect, it } from 'vitest';
import { InvalidInput } from '../errors.ts';
import { reachOf } from './addresses.ts';
import { readCacheUrl, readHost } from './cache-url.ts';
import { keepHost, readAllowed } from './kept-hosts.ts';

const keep = (
  text: string,
  { allowed = [], addresses = [] }: { readonly allowed?: readonly string[]; readonly addresses?: readonly string[] } = {},
) => {
  const url = readCacheUrl(text);
  if ('problem' in url) throw new InvalidInput(url.problem);
  return keepHost(url, { allowed: readAllowed(allowed), what: 'cdn: live.url', lookUp: async () => addresses });
};
const refused = (...words: Parameters<typeof keep>) =>
  Promise.resolve()
    .then(() => keep(...words))
    .then(
      () => 'let through',
      (error: unknown) => (error instanceof InvalidInput ? error.message : `other: ${String(error)}`),
    );

describe('a host', () => {
  it.each(['http://127.0.0.1:8080', 'http://127.9.9.9', 'https://[::1]:8443', 'http://[::1]'])(
    'of this machine needs no name: %s',
    async (text) => {
      expect(await keep(text)).toMatchObject({ isNamed: false });
    },
  );

  it('that is localhost is this machine, unless it is looked up as another', async () => {
    expect(await keep('http://LOCALHOST:1', { addresses: ['127.0.0.1', '::1'] })).toMatchObject({ host: 'localhost', isNamed: false });
    expect(await refused('http://localhost', { addresses: ['127.0.0.1', '10.0.0.1'] })).toContain('--allow-external localhost');
  });

  it.each([
    ['a name', 'https://cdn.example'],
    ['an address of a private network', 'http://10.1.2.3'],
    ['an address of a container', 'http://172.17.0.2'],
    ['a public address', 'https://192.0.2.1'],
    ['one of IPv6', 'https://[2001:db8::1]'],
    ['a name that looks like this machine', 'http://localhost.example'],
    ['a name below localhost', 'http://cdn.localhost'],
    ['a name that is looked up as this machine', 'http://localtest.me'],
  ])('that was not named is refused with the option that names it: %s', async (_what, text) => {
    const host = new URL(text).hostname.replace(/^\[|\]$/g, '');
    expect(await refused(text, { addresses: ['127.0.0.1'] })).toContain(`--allow-external ${host} lets`);
  });

  it.each([
    ['its parent', 'https://cdn.example', ['example']],
    ['its child', 'https://example', ['cdn.example']],
    ['one that ends alike', 'https://evilcdn.example', ['cdn.example']],
    ['one that begins alike', 'https://cdn.example.evil.test', ['cdn.example']],
    ['its address', 'https://cdn.example', ['192.0.2.1']],
    ['its name', 'https://192.0.2.1', ['cdn.example']],
  ])('is not named by %s', async (_what, text, allowed) => {
    expect(await refused(text, { allowed, addresses: ['192.0.2.1'] })).toContain('--allow-external');
  });

  it('in capitals is the same', async () => {
    expect(await keep('https://CDN.Example', { allowed: ['cdn.EXAMPLE'], addresses: ['192.0.2.1'] })).toEqual({
      host: 'cdn.example',
      addresses: ['192.0.2.1'],
      isNamed: true,
    });
  });

  it.each([
    ['a decimal address', 'http://2130706433', 'as it is looked up: 127.0.0.1'],
    ['a hexadecimal address', 'http://0x7f.1', 'as it is looked up: 127.0.0.1'],
    ['an octal address', 'http://0177.0.0.1', 'as it is looked up: 127.0.0.1'],
    ['a short address', 'http://127.1', 'as it is looked up: 127.0.0.1'],
    ['an address of IPv4 inside one of IPv6', 'http://[::ffff:127.0.0.1]', 'expected an address of IPv4 as such'],
    ['the same in hexadecimal', 'http://[::ffff:7f00:1]', 'expected an address of IPv4 as such'],
    ['the same in full', 'http://[0:0:0:0:0:ffff:7f00:1]', 'as it is looked up: [::ffff:7f00:1]'],
    ['a dot at its end', 'https://cdn.example.', 'without a dot at its end'],
    ['an address with a dot at its end', 'http://127.0.0.1.', 'without a dot at its end'],
    ['a user', 'https://cdn.example@evil.test', 'expected a URL such as'],
    ['a user who looks like this machine', 'http://127.0.0.1@evil.test', 'expected a URL such as'],
    ['a password', 'https://me:s3cret@cdn.example', 'expected a URL such as'],
    ['a backslash', 'https://cdn.example\\@evil.test', 'expected a URL such as'],
    ['a path', 'https://cdn.example/else', 'expected a URL such as'],
    ['a query', 'https://cdn.example?token=s3cret', 'expected a URL such as'],
    ['a fragment', 'https://cdn.example#s3cret', 'expected a URL such as'],
    ['another scheme', 'ftp://cdn.example', 'expected a URL such as'],
    ['no scheme', '//cdn.example', 'expected a URL such as'],
    ['a line break', 'https://cdn.example\r\nhost: evil.test', 'expected a URL such as'],
    ['a port that is none', 'https://cdn.example:99999', 'expected a URL such as'],
    ['letters of another alphabet', 'https://cdn。example', 'expected a URL such as'],
    ['a percent', 'https://cdn%2eexample', 'expected a URL such as'],
    ['a zone', 'http://[fe80::1%25eth0]', 'expected a URL such as'],
    ['nothing', 'https://', 'expected a URL such as'],
  ])('with %s is refused, and its text is not told', async (_what, text, message) => {
    const said = await refused(text, { allowed: ['cdn.example'], addresses: ['192.0.2.1'] });
    expect(said).toContain(message);
    expect(said).not.toMatch(/s3cret|evil/);
  });

  it('that was named is asked by http: in a private network, and by https: beside it', async () => {
    expect(await keep('http://10.1.2.3', { allowed: ['10.1.2.3'] })).toMatchObject({ isNamed: true });
    expect(await keep('http://cdn.test', { allowed: ['cdn.test'], addresses: ['192.168.1.2', 'fd00::1'] })).toMatchObject({
      isNamed: true,
    });
    expect(await keep('https://192.0.2.1', { allowed: ['192.0.2.1'] })).toMatchObject({ isNamed: true });
  });

  it.each([
    ['a public address', ['192.0.2.1']],
    ['a private and a public address', ['10.0.0.1', '192.0.2.1']],
    ['a public one of IPv6', ['2001:db8::1']],
    ['a public one inside one of IPv6', ['::ffff:192.0.2.1']],
    ['one of a network shared by strangers', ['100.64.0.1']],
  ])('of %s is refused by http:', async (_what, addresses) => {
    expect(await refused('http://cdn.test', { allowed: ['cdn.test'], addresses })).toContain('expected https:, got http:');
  });

  it.each(['169.254.169.254', '0.0.0.0', '::', 'fe80::1', '224.0.0.1', '255.255.255.255', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe'])(
    'that is looked up as %s is refused, named or not, by whatever scheme',
    async (address) => {
      expect(await refused('https://cdn.test', { allowed: ['cdn.test'], addresses: ['10.0.0.1', address] })).toContain(
        `cdn.test is ${address}, which is no address of a cache`,
      );
    },
  );

  it('of which no address is known is refused', async () => {
    expect(await refused('https://cdn.test', { allowed: ['cdn.test'] })).toContain('no address of cdn.test is known');
  });
});

describe('--allow-external', () => {
  it.each([
    '*',
    '*.example',
    'https://cdn.example',
    'cdn.example:443',
    'cdn.example/x',
    'me@cdn.example',
    'cdn.example.',
    '0x7f.1',
    '10.0.0.0/8',
    'a b',
    '',
  ])('names a host, and not %j', (word) => {
    expect(() => readAllowed([word])).toThrow(/^--allow-external: expected /);
  });

  it.each([
    ['::1', '::1'],
    ['[2001:DB8::1]', '2001:db8::1'],
    ['CDN.example', 'cdn.example'],
  ])('%s is %s', (word, host) => {
    expect(readHost(word)).toBe(host);
  });
});

describe('an address', () => {
  it.each([
    ['127.0.0.1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['::ffff:10.0.0.1', 'private'],
    ['fdff::1', 'private'],
    // A way of an address of IPv4 through IPv6 (RFC 6052, 3056, 4291): only a public one has one.
    ['64:ff9b::808:808', 'public'],
    ['64:ff9b::7f00:1', 'never'],
    ['64:ff9b::a9fe:a9fe', 'never'],
    ['64:ff9b::a00:1', 'never'],
    ['2002:808:808::1', 'public'],
    ['2002:a9fe:a9fe::1', 'never'],
    ['2002:c0a8:101:1::1', 'never'],
    ['::127.0.0.1', 'never'],
    ['::a9fe:a9fe', 'never'],
    ['192.0.0.192', 'never'],
    ['8.8.8.8', 'public'],
    ['169.254.169.254', 'never'],
    ['fd00:ec2::254', 'never'],
    ['168.63.129.16', 'never'],
    ['fd00:1::1', 'private'],
  ])('%s is %s', (address, reach) => {
    expect(reachOf(address)).toBe(reach);
  });
});
