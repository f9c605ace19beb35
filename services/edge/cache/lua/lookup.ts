/**
 * KEYS: state, marks, patterns, the entry. ARGV: life, now, key.
 * Answers the entry's state, the clock, the key's fence, the body of what may be served, and the lowest heartbeat in effect.
 */
import { GLOB } from './glob.ts';
import { JUDGE } from './judge.ts';
import { MARKS } from './marks.ts';
import { script } from './script.ts';
import { STATE } from './state.ts';

export const LOOKUP = script({
  name: 'lookup',
  flag: 'no-writes',
  parts: [
    STATE,
    MARKS,
    GLOB,
    JUDGE,
    `
local state, refusal = readState(1, 2, 2)
if not state then return refusal end
local now, key = tonumber(ARGV[2]), ARGV[3]
local own = readMark('k:' .. key)
local stored = redis.call('GET', KEYS[4])
local entry = toEntry(stored, now)
local fence = math.max(state.floor, state.allHard, state.allSoft, state.anyTag, state.anyPattern, own.clock)
local beat = redis.call('HGET', KEYS[1], 'beat')
if not entry then return { 'absent', state.clock, fence, false, beat } end
local judged = stateOf(state, own, key, entry, now)
local body = judged ~= 'invalid' and string.sub(stored, entry.bodyAt)
return { judged, state.clock, fence, body, beat }
`,
  ],
});
