/** That what is sent for an invalidation purges at least what was asked for, whatever the cache has words for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentKey } from '../protocol/content.ts';
import { matchesGlob } from '../protocol/glob.ts';
import type { InvalidationMode, InvalidationType } from '../protocol/invalidation.ts';
import { PURGE_MODES, PURGE_TYPES, type PurgeRequest, type PurgeWay } from '../protocol/purge-ways.ts';
import { ALL_TAG, contentTag } from '../protocol/upstream-api.ts';
import { type Purge, patternOf, requestsOf } from './requests.ts';

const SEED = 20_260_101;
const PLACES = { key: '<id>', tag: '<tag>', pattern: '<pattern>', all: '' } as const;
/** Says what it purges, so that a cache in this file can do it. */
function wayOf(mode: InvalidationMode, type: InvalidationType): PurgeWay {
  return { mode, type, request: { method: 'PURGE', path: '/', headers: { mode, type, target: PLACES[type] } } };
}
const EVERY_WAY = PURGE_MODES.flatMap((mode) => PURGE_TYPES.map((type) => wayOf(mode, type)));
/** All that there may be of ways: each of the eight, or not. */
const SUBSETS = Array.from({ length: 2 ** EVERY_WAY.length }, (_, bits) => EVERY_WAY.filter((_way, at) => ((bits >> at) & 1) === 1)).slice(
  1,
);

interface Content {
  readonly id: string;
  readonly tags: readonly string[];
}

const CONTENTS: readonly Content[] = [
  { id: '7', tags: ['news', 'a,b', 'news de'] },
  { id: '17', tags: ['news'] },
  { id: '71', tags: ['..', 'ünï'] },
  { id: '8', tags: [] },
];
const NAMED = new Set(CONTENTS.map(({ id }) => id));
const MODES_THAT_DO = { hard: ['hard'], soft: ['hard', 'soft'] } as const;

function isAskedFor({ type, target }: Purge, { id, tags }: Content): boolean {
  if (type === 'key') return target === contentKey(Number(id));
  if (type === 'tag') return tags.includes(target);
  return type === 'all' || matchesGlob(target, contentKey(Number(id)));
}

/** As a cache does whose answers the upstream has tagged. */
function isPurgedBy({ headers: { type, target = '' } }: PurgeRequest, { id, tags }: Content): boolean {
  if (type === 'key') return target === id;
  if (type === 'tag') return [...tags, ALL_TAG, contentTag(id)].includes(target);
  return type === 'all' || new RegExp(`^(?:${target})$`).test(id);
}

function expectCovered(purge: Purge, ways: readonly PurgeWay[], ids: ReadonlySet<string> = NAMED): void {
  const { requests, isWidened } = requestsOf(purge, ways, ids);
  const modes: readonly string[] = ways.some(({ mode }) => mode === 'hard') ? MODES_THAT_DO[purge.mode] : PURGE_MODES;
  const doing = requests.filter(({ headers }) => modes.includes(headers['mode'] ?? ''));
  const missed = CONTENTS.filter((content) => isAskedFor(purge, content) && !doing.some((request) => isPurgedBy(request, content)));
  expect(missed, `${JSON.stringify(purge)} by ${ways.map(({ mode, type }) => `${mode} ${type}`)}`).toEqual([]);
  const isMore = CONTENTS.some((content) => !isAskedFor(purge, content) && doing.some((request) => isPurgedBy(request, content)));
  if (isMore) expect(isWidened).toBe(true);
}

const ODD_TARGETS = [
  'news',
  'a,b',
  'news de',
  'ünï',
  '..',
  '.',
  '',
  '<id>',
  '<tag>',
  '"quoted"',
  "it's",
  'a\r\nx-injected: 1',
  'a\nb',
  '\u0000',
  '\ud800',
  '💥',
  '$&$1',
  '%0d%0a',
  'a/../b',
  'content:7',
  'content:*',
  'content:?',
  'content:??',
  'content:1*7',
  'content:7\r\nx-injected: 1',
  'content:0x7',
  'content:07',
  'content:[7]',
  'content:7|8',
  'content:(.*',
  'content:.*',
  'content:',
  'c*',
  '*',
  '*:7',
  '?ontent:7',
];

describe('what is sent', () => {
  it.each(PURGE_MODES.flatMap((mode) => PURGE_TYPES.map((type) => [mode, type] as const)))(
    'for a %s purge of a %s covers it, by every set of ways and for odd targets, too',
    (mode, type) => {
      for (const ways of SUBSETS) for (const target of ODD_TARGETS) expectCovered({ type, target, mode }, ways);
    },
  );

  it('has no sign in it but of ASCII that can be seen, whatever was asked for', () => {
    const type = fc.constantFrom(...PURGE_TYPES);
    const target = fc.oneof(
      fc.constantFrom(...ODD_TARGETS),
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => `content:${text}`),
    );
    fc.assert(
      fc.property(fc.record({ type, target, mode: fc.constantFrom(...PURGE_MODES) }), fc.constantFrom(...SUBSETS), (purge, ways) => {
        expectCovered(purge, ways);
        for (const { headers, path } of requestsOf(purge, ways, NAMED).requests)
          for (const text of [...Object.values(headers), path]) expect(text).toMatch(/^[\x21-\x7e]*$/);
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('is by its own word where there is one, and by no other', () => {
    const told = (purge: Purge) => requestsOf(purge, EVERY_WAY, NAMED).requests.map(({ headers }) => Object.values(headers).join(' '));
    expect(told({ type: 'key', target: 'content:7', mode: 'soft' })).toEqual(['soft key 7']);
    expect(told({ type: 'tag', target: 'news', mode: 'hard' })).toEqual(['hard tag news']);
    expect(told({ type: 'pattern', target: 'content:1?*', mode: 'hard' })).toEqual(['hard pattern 1..*']);
    expect(told({ type: 'all', target: 'whatever', mode: 'hard' })).toEqual(['hard all ']);
  });

  it('for all, where contents are purged hard one by one only, marks also those that the log has not named', () => {
    const ways = [wayOf('hard', 'key'), wayOf('soft', 'all')];
    const { requests } = requestsOf({ type: 'all', target: '*', mode: 'hard' }, ways, new Set(['7', '8']));
    expect(requests.map(({ headers }) => Object.values(headers).join(' '))).toEqual(['hard key 7', 'hard key 8', 'soft all ']);
  });

  it('is nothing where a cache knows keys only and the log has named none', () => {
    expect(requestsOf({ type: 'all', target: '*', mode: 'hard' }, [wayOf('hard', 'key')], new Set()).requests).toEqual([]);
  });
});

it('a glob of contents as a regular expression matches the ids that the glob matches, and no others', () => {
  const glob = fc.string({ unit: fc.constantFrom('*', '?', '1', '7', '0', '-', 'a', '.', '(', '\\'), maxLength: 6 });
  const id = fc.integer({ min: 1, max: 2_147_483_647 });
  fc.assert(
    fc.property(glob, fc.array(fc.oneof(id, fc.integer({ min: 1, max: 199 })), { minLength: 20, maxLength: 20 }), (rest, ids) => {
      const pattern = patternOf(`content:${rest}`);
      if (pattern === undefined) return;
      for (const each of ids) expect(new RegExp(`^${pattern}$`).test(String(each))).toBe(matchesGlob(`content:${rest}`, contentKey(each)));
    }),
    { seed: SEED, numRuns: 3_000 },
  );
  expect(patternOf('content:1?*')).toBe('1..*');
  expect([patternOf('content:(1)'), patternOf('content:?'), patternOf('c*')]).toEqual([undefined, undefined, undefined]);
});
