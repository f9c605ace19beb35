/**
 * The state: a hash with the life, the run id it was begun under, the clock, the floor, both epochs of all, and the
 * highest clock of any tag and any pattern.
 *
 * Numbers are integers below 2^53, which Lua's doubles hold exactly; only its own formatting (%.14g) would not.
 */
import { OTHER_LIFE } from './script.ts';

export const STATE = `
local function text(number)
  return string.format('%.0f', number)
end

local function readState()
  local fields = redis.call('HMGET', KEYS[1], 'life', 'clock', 'floor', 'allHard', 'allSoft', 'anyTag', 'anyPattern')
  if fields[1] ~= ARGV[1] then
    return nil, redis.error_reply('${OTHER_LIFE} expected life ' .. ARGV[1] .. ', got ' .. tostring(fields[1]))
  end
  return {
    clock = tonumber(fields[2]),
    floor = tonumber(fields[3]),
    allHard = tonumber(fields[4]),
    allSoft = tonumber(fields[5]),
    anyTag = tonumber(fields[6]),
    anyPattern = tonumber(fields[7]),
  }
end

local function writeState(state)
  redis.call('HSET', KEYS[1],
    'clock', text(state.clock), 'floor', text(state.floor),
    'allHard', text(state.allHard), 'allSoft', text(state.allSoft),
    'anyTag', text(state.anyTag), 'anyPattern', text(state.anyPattern))
end
`;
