/**
 * KEYS: state, marks, patterns, the list of entries. ARGV: life, now, limit, what the key of an entry starts with.
 * Answers key, version, state, until when it is fresh by its lifetime, and 1 for a 404, in turn, newest first; and the
 * keys met whose entries have expired or were evicted, for UNLIST.
 *
 * Of an entry only the start is read, with its tags: a body may be a megabyte.
 */
import { GLOB } from './glob.ts';
import { JUDGE } from './judge.ts';
import { MARKS } from './marks.ts';
import { script } from './script.ts';
import { STATE } from './state.ts';

const PAGE = 128;
const START_BYTES = 512;
/** Of each entry. */
export const VERSION_CELLS = 5;

export const VERSIONS = script({
  name: 'versions',
  flag: 'no-writes',
  parts: [
    STATE,
    MARKS,
    GLOB,
    JUDGE,
    String.raw`
local state, refusal = readState(1, 2, 2)
if not state then return refusal end
local now, limit, prefix = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]

local function startOf(key)
  local start = redis.call('GETRANGE', prefix .. key, 0, ${START_BYTES - 1})
  local length, tagsAt = string.match(start, '^%d+ %d+ %S+ %S+ [01] (%d+) ?%S*\n()')
  if not length then return nil end
  local ends = tagsAt + length - 1
  if ends <= #start then return start end
  return redis.call('GETRANGE', prefix .. key, 0, ends - 1)
end

local rows, gone, from = {}, {}, 0
while #rows < limit * ${VERSION_CELLS} do
  local keys = redis.call('ZREVRANGE', KEYS[4], from, from + ${PAGE - 1})
  if #keys == 0 then break end
  from = from + #keys
  for _, key in ipairs(keys) do
    if #rows >= limit * ${VERSION_CELLS} then break end
    local entry = toEntry(startOf(key), now)
    if entry then
      rows[#rows + 1] = key
      rows[#rows + 1] = text(entry.version)
      rows[#rows + 1] = stateOf(state, readMark('k:' .. key), key, entry, now)
      rows[#rows + 1] = text(entry.freshUntil)
      rows[#rows + 1] = entry.missing and '1' or '0'
    else
      gone[#gone + 1] = key
    end
  end
end
return { rows, gone }
`,
  ],
});

/** KEYS: state, the list of entries. ARGV: life, what the key of an entry starts with, keys whose entries are gone. */
export const UNLIST = script({
  name: 'unlist',
  flag: 'allow-oom',
  parts: [
    STATE,
    `
local state, refusal = readState()
if not state then return refusal end
for at = 3, #ARGV do
  if redis.call('EXISTS', ARGV[2] .. ARGV[at]) == 0 then redis.call('ZREM', KEYS[2], ARGV[at]) end
end
return #ARGV - 2
`,
  ],
});
