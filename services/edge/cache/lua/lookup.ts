/**
 * KEYS: state, marks, patterns, the entries. ARGV: life, now, their keys: several, for most of a script is its
 * beginning. Answers the clock, the lowest heartbeat in effect, and of each key the entry's state, the key's fence, and
 * the body of what may be served; of one that cannot be read why.
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
local now = tonumber(ARGV[2])
local scope = math.max(state.floor, state.allHard, state.allSoft, state.anyTag, state.anyPattern)

local function lookUp(key, place)
  local own = readMark('k:' .. key)
  local stored = redis.call('GET', place)
  local entry = toEntry(stored, now)
  local fence = math.max(scope, own.clock)
  if not entry then return { 'absent', fence, false } end
  local judged = stateOf(state, own, key, entry, now)
  local body = judged ~= 'invalid' and string.sub(stored, entry.bodyAt)
  return { judged, fence, body }
end

local answers = {}
for at = 3, #ARGV do
  local isRead, answer = pcall(lookUp, ARGV[at], KEYS[at + 1])
  if not isRead then answer = type(answer) == 'table' and answer.err or tostring(answer) end
  answers[at - 2] = answer
end
return { state.clock, redis.call('HGET', KEYS[1], 'beat'), answers }
`,
  ],
});
