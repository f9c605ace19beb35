/**
 * KEYS: state, marks, patterns, the entry, the list of entries. ARGV: life, now, key, clock of the lookup before the
 * fetch, version, time to live in ms, length of the list, tags, the whole entry as it is stored. Answers `stored` or
 * why not, in the order of FILL_REFUSALS. (`other-life` is told before the script is asked.)
 */
import { GLOB } from './glob.ts';
import { JUDGE } from './judge.ts';
import { MARKS } from './marks.ts';
import { script } from './script.ts';
import { STATE } from './state.ts';

export const FILL = script({
  name: 'fill',
  flag: undefined,
  parts: [
    STATE,
    MARKS,
    GLOB,
    JUDGE,
    `
local state, refusal = readState(1, 2, 2)
if not state then return refusal end
local now, key, clock, version = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if clock < state.floor then return 'below-floor' end
local own = readMark('k:' .. key)
if version < own.hardMinimum then return 'below-hard-minimum' end
local held = toEntry(redis.call('GET', KEYS[4]), now)
if held and not isOfThisLife(held) then held = nil end
if held and (held.version > version or (held.version == version and held.clock > clock)) then return 'newer-stored' end
local hard = covering(state, own, key, clock, ARGV[8])
if hard > clock then return 'hard-epoch' end
redis.call('SET', KEYS[4], ARGV[9], 'PX', ARGV[6])
redis.call('ZADD', KEYS[5], redis.call('HINCRBY', KEYS[1], 'fills', 1), key)
redis.call('ZREMRANGEBYRANK', KEYS[5], 0, -tonumber(ARGV[7]) - 1)
return 'stored'
`,
  ],
});
