/**
 * The heartbeats, as `beats.ts` has them. They lie in the state: `beats` is how many partitions the log has by them,
 * `pending:N` and `beat:N` are those of a partition, `beat` is the lowest of all that took effect, if each partition
 * has one.
 */
import { script } from './script.ts';
import { STATE } from './state.ts';

const BEATS = `
local function tellLowest()
  local lowest
  for partition = 0, (tonumber(redis.call('HGET', KEYS[1], 'beats') or 0)) - 1 do
    local beat = redis.call('HGET', KEYS[1], 'beat:' .. partition)
    if not beat then
      redis.call('HDEL', KEYS[1], 'beat')
      return false
    end
    lowest = math.min(lowest or tonumber(beat), tonumber(beat))
  end
  if not lowest then return false end
  redis.call('HSET', KEYS[1], 'beat', text(lowest))
  return text(lowest)
end
`;

/**
 * KEYS: state, positions. ARGV: life, partition, offset, offset of the record before, time and id of the record, and of
 * a heartbeat its time and how many partitions it names, then the generation of its log or nothing. Answers `applied`,
 * `skipped`, `gap` or `other-log`.
 */
export const PASS = script({
  name: 'pass',
  flag: 'allow-oom',
  parts: [
    STATE,
    BEATS,
    `
local state, refusal = readState(4, 4, 2)
if not state then return refusal end
local partition, offset, previous = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
if ARGV[9] ~= '' and ARGV[9] ~= generationOf(state) then return 'other-log' end
local position = redis.call('HGET', KEYS[2], partition)
local applied = position and tonumber(string.match(position, '^%d+')) or -1
if offset <= applied then return 'skipped' end
if applied < previous then return 'gap' end
redis.call('HSET', KEYS[2], partition, ARGV[3] .. ' ' .. ARGV[5] .. ' ' .. ARGV[6])
state.kept = string.sub(state.kept, 1, 3) .. '1'
writeState(state)
if ARGV[7] == '' then return 'applied' end
local beat, known, partitions = tonumber(ARGV[7]), redis.call('HGET', KEYS[1], 'pending:' .. partition), redis.call('HGET', KEYS[1], 'beats')
redis.call('HSET', KEYS[1],
  'pending:' .. partition, text(math.max(beat, tonumber(known or beat))),
  'beats', text(math.max(tonumber(ARGV[8]), tonumber(partitions or 0))))
tellLowest()
return 'applied'
`,
  ],
});

/**
 * KEYS: state. ARGV: life, partitions and the times up to which they are confirmed, in turn. Answers the lowest in
 * effect.
 */
export const CONFIRM = script({
  name: 'confirm',
  flag: 'allow-oom',
  parts: [
    STATE,
    BEATS,
    `
local state, refusal = readState()
if not state then return refusal end
for at = 2, #ARGV, 2 do
  local pending = redis.call('HGET', KEYS[1], 'pending:' .. ARGV[at])
  if pending then
    local confirmed, known = math.min(tonumber(pending), tonumber(ARGV[at + 1])), redis.call('HGET', KEYS[1], 'beat:' .. ARGV[at])
    redis.call('HSET', KEYS[1], 'beat:' .. ARGV[at], text(math.max(confirmed, tonumber(known or confirmed))))
  end
end
return tellLowest()
`,
  ],
});
