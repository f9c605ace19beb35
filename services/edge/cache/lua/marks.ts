/**
 * Marks: a hash, one field per mark (`k:` a key, `t:` a tag, `p:` a pattern), each with its hard and soft minimum
 * version, its hard and soft epoch, the clock and the wall time of its last change. `KEYS[2]`.
 */
export const MARKS = `
local function toMark(stored)
  if not stored then
    return { hardMinimum = 0, softMinimum = 0, hard = 0, soft = 0, clock = 0, changedAt = '0' }
  end
  local hardMinimum, softMinimum, hard, soft, clock, changedAt =
    string.match(stored, '^(%d+) (%d+) (%d+) (%d+) (%d+) (%S+)$')
  if not clock then error('expected a mark of six numbers, got ' .. stored) end
  return {
    hardMinimum = tonumber(hardMinimum),
    softMinimum = tonumber(softMinimum),
    hard = tonumber(hard),
    soft = tonumber(soft),
    clock = tonumber(clock),
    changedAt = changedAt,
  }
end

local function readMark(field)
  return toMark(redis.call('HGET', KEYS[2], field))
end

local function writeMark(field, mark)
  redis.call('HSET', KEYS[2], field, table.concat({
    text(mark.hardMinimum), text(mark.softMinimum), text(mark.hard), text(mark.soft), text(mark.clock), mark.changedAt,
  }, ' '))
end
`;
