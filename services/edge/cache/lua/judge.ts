/**
 * How an entry is judged by the marks: `Marks.judge` of `marks.ts`. `KEYS[3]` is the list of live patterns, by clock.
 *
 * An entry is one string: a line of numbers and what tells the life it was stored in, its tags as JSON, its body as
 * JSON. The numbers end with the length of the tags, so that neither is decoded unless it is needed: tags only when a
 * tag was purged after the entry's clock.
 *
 * The life stands there because a clock means nothing in another one, and where the state is lost the clock begins
 * anew.
 */
export const JUDGE = String.raw`
-- nil when absent or past its life.
local function toEntry(stored, now)
  if not stored then return nil end
  local version, clock, freshUntil, expiresAt, missing, tagsLength, life, tagsAt =
    string.match(stored, '^(%d+) (%d+) (%S+) (%S+) ([01]) (%d+) ?(%S*)\n()')
  if not version then error('expected an entry, got ' .. string.sub(stored, 1, 80)) end
  if now >= tonumber(expiresAt) then return nil end
  return {
    version = tonumber(version),
    clock = tonumber(clock),
    freshUntil = tonumber(freshUntil),
    missing = missing == '1',
    life = life,
    tags = string.sub(stored, tagsAt, tagsAt + tagsLength - 1),
    bodyAt = tagsAt + tagsLength,
  }
end

-- Older versions of this program stored no life with it.
local function isOfThisLife(entry)
  return entry.life == '' or entry.life == string.sub(ARGV[1], -12)
end

-- The highest hard and soft epoch that cover the key, of those that could be above the clock.
local function covering(state, own, key, clock, tags)
  local hard = math.max(state.allHard, own.hard)
  local soft = math.max(state.allSoft, own.soft)
  if clock < state.anyTag and tags ~= '[]' then
    for _, tag in ipairs(cjson.decode(tags)) do
      local mark = readMark('t:' .. tag)
      hard = math.max(hard, mark.hard)
      soft = math.max(soft, mark.soft)
    end
  end
  if clock >= state.anyPattern then return hard, soft end
  local units = unitsOf(key)
  for _, glob in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. text(clock), '+inf')) do
    -- Most patterns differ from the key before their first wildcard.
    local literal = string.match(glob, '^[^*?]*')
    if string.sub(key, 1, #literal) == literal and matchesGlob(unitsOf(glob), units) then
      local mark = readMark('p:' .. glob)
      hard = math.max(hard, mark.hard)
      soft = math.max(soft, mark.soft)
    end
  end
  return hard, soft
end

local function stateOf(state, own, key, entry, now)
  if not isOfThisLife(entry) then return 'invalid' end
  if entry.clock < state.floor or entry.version < own.hardMinimum then return 'invalid' end
  local hard, soft = covering(state, own, key, entry.clock, entry.tags)
  if entry.clock < hard then return 'invalid' end
  local isSoft = entry.clock < soft or entry.version < own.softMinimum
  if not isSoft and now < entry.freshUntil then return 'fresh' end
  -- A 404 is never stale: an old "not there" must not outlive the event that created the content.
  if entry.missing then return 'invalid' end
  return 'stale'
end
`;
