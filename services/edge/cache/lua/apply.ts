/**
 * KEYS: state, marks, patterns, marks by age, positions. ARGV: life, now, retention in ms, type, target, mode, version
 * or nothing, partition, offset, offset of the record before, time and id of the record, most patterns, most marks, the
 * generation of its log or nothing. Answers `applied`, `skipped`, `gap` or `other-log`.
 *
 * The gap rule is what keeps a failed command of a pipeline from being passed by the next one. Marks lie in a sorted
 * set by the clock of their last change: the oldest is first, whatever the wall clock did. Each apply leaves one mark
 * at most and drops up to PRUNED_MAX, so what has lapsed goes within as many applies as it came in, with bounded work
 * in each.
 */
import { MARKS } from './marks.ts';
import { script } from './script.ts';
import { STATE } from './state.ts';

const PRUNED_MAX = 16;

/** How marks end. `KEYS`: as of `APPLY`. */
export const FOLD = `
local function forget(field)
  redis.call('HDEL', KEYS[2], field)
  redis.call('ZREM', KEYS[4], field)
  if string.sub(field, 1, 2) == 'p:' then redis.call('ZREM', KEYS[3], string.sub(field, 3)) end
end

-- Above the bound the oldest pattern becomes a purge of all, hard into hard, soft into soft.
local function foldPatterns(state, most)
  if redis.call('ZCARD', KEYS[3]) <= most then return end
  local field = 'p:' .. redis.call('ZRANGE', KEYS[3], 0, 0)[1]
  local mark = readMark(field)
  state.allHard = math.max(state.allHard, mark.hard)
  state.allSoft = math.max(state.allSoft, mark.soft)
  forget(field)
end

-- A mark that has changed at the state's clock, the newest of all.
local function keep(state, field, mark, now)
  mark.clock = state.clock
  mark.changedAt = now
  writeMark(field, mark)
  redis.call('ZADD', KEYS[4], text(state.clock), field)
end

-- Drops the oldest marks that lapsed or are too many; the floor rises past them.
local function prune(state, changedBefore, most)
  for _ = 1, ${PRUNED_MAX} do
    local field = redis.call('ZRANGE', KEYS[4], 0, 0)[1]
    if not field then return end
    local mark = readMark(field)
    if tonumber(mark.changedAt) >= changedBefore and redis.call('ZCARD', KEYS[4]) <= most then return end
    forget(field)
    state.floor = math.max(state.floor, mark.clock)
  end
end
`;

export const APPLY = script({
  name: 'apply',
  flag: 'allow-oom',
  parts: [
    STATE,
    MARKS,
    FOLD,
    `
local state, refusal = readState(1, 4, 2)
if not state then return refusal end
local now, retention, kind, target, mode, version = ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local partition, offset, previous = ARGV[8], tonumber(ARGV[9]), tonumber(ARGV[10])
if ARGV[15] ~= '' and ARGV[15] ~= generationOf(state) then return 'other-log' end
local position = redis.call('HGET', KEYS[5], partition)
local applied = position and tonumber(string.match(position, '^%d+')) or -1
if offset <= applied then return 'skipped' end
if applied < previous then return 'gap' end

local clock = state.clock + 1
state.clock = clock
if kind == 'all' then
  if mode == 'hard' then state.allHard = clock else state.allSoft = clock end
else
  local field = string.sub(kind, 1, 1) .. ':' .. target
  local mark = readMark(field)
  -- Only a key has versions: anything else is a purge, whatever it carries.
  if version == '' or kind ~= 'key' then
    mark[mode] = clock
  else
    mark[mode .. 'Minimum'] = math.max(mark[mode .. 'Minimum'], tonumber(version))
  end
  keep(state, field, mark, now)
  if kind == 'tag' then
    state.anyTag = clock
  elseif kind == 'pattern' then
    state.anyPattern = clock
    redis.call('ZADD', KEYS[3], text(clock), target)
    foldPatterns(state, tonumber(ARGV[13]))
  end
end
prune(state, tonumber(now) - retention, tonumber(ARGV[14]))
redis.call('HSET', KEYS[5], partition, ARGV[9] .. ' ' .. ARGV[11] .. ' ' .. ARGV[12])
state.kept = keptParts()
writeState(state)
return 'applied'
`,
  ],
});
