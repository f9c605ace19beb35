/**
 * The state: a hash with the life, the run id it was begun under, the clock, the floor, both epochs of all, the highest
 * clock of any tag and any pattern, how many logs were forgotten, and which of the keys beside it ought to be there.
 *
 * These keys mean something only together, and Redis loses them one by one: under another policy than ours, or by hand.
 * Without the marks every entry would be right. So each script says which of them it reads, and one that is missing is
 * another life.
 *
 * Numbers are integers below 2^53, which Lua's doubles hold exactly; only its own formatting (%.14g) would not.
 */
import { OTHER_LIFE } from './script.ts';

/**
 * What lies beside the state, in the order of its field `kept`: a digit each, 1 where it was there when the state was
 * written.
 */
export const PARTS = ['marks', 'patterns', 'ages', 'positions'] as const;

export const STATE = `
local function text(number)
  return string.format('%.0f', number)
end

-- Whether the parts from one to another are there that ought to be; they lie in KEYS from a place on. One call, for each lookup asks.
local function isWhole(kept, first, last, at)
  local expected = 0
  for part = first, last do
    if string.byte(kept, part) == 49 then expected = expected + 1 end
  end
  return expected == 0 or redis.call('EXISTS', unpack(KEYS, at, at + last - first)) >= expected
end

-- Of all four parts, which lie in KEYS after the state.
local function keptParts()
  local kept = {}
  for at = 2, 5 do kept[#kept + 1] = redis.call('EXISTS', KEYS[at]) end
  return table.concat(kept)
end

-- The parts that the script reads, and where they lie in KEYS.
local function readState(first, last, at)
  local fields = redis.call('HMGET', KEYS[1], 'life', 'clock', 'floor', 'allHard', 'allSoft', 'anyTag', 'anyPattern', 'kept', 'forgotten')
  if fields[1] ~= ARGV[1] then
    return nil, redis.error_reply('${OTHER_LIFE} expected life ' .. ARGV[1] .. ', got ' .. tostring(fields[1]))
  end
  -- Older versions of this program said nothing of it.
  local kept = fields[8] or '0000'
  if first and not isWhole(kept, first, last, at) then
    return nil, redis.error_reply('${OTHER_LIFE} expected all that belongs to this life, and a part of it is gone')
  end
  return {
    clock = tonumber(fields[2]),
    floor = tonumber(fields[3]),
    allHard = tonumber(fields[4]),
    allSoft = tonumber(fields[5]),
    anyTag = tonumber(fields[6]),
    anyPattern = tonumber(fields[7]),
    kept = kept,
    forgotten = fields[9] or '0',
  }
end

-- Names the log that was applied, as TakenUp has it.
local function generationOf(state)
  return ARGV[1] .. '/' .. state.forgotten
end

local function writeState(state)
  redis.call('HSET', KEYS[1],
    'clock', text(state.clock), 'floor', text(state.floor),
    'allHard', text(state.allHard), 'allSoft', text(state.allSoft),
    'anyTag', text(state.anyTag), 'anyPattern', text(state.anyPattern), 'kept', state.kept)
end
`;
