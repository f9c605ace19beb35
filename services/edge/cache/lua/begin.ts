/**
 * The first scripts of every connection. Data stored under another run id, or none at all, or not all of it, may have
 * gone back: one step begins a new life, with a name of its own (a run id alone would come back after a FLUSHALL) and a
 * hard epoch of all.
 *
 * Two scripts, so that a server which refuses to be changed can be used by those who only read, as long as it has not
 * gone back.
 */
import { script } from './script.ts';
import { STATE } from './state.ts';

/**
 * KEYS: state, marks, patterns, marks by age, positions. ARGV: the run id of this server. Answers the life in force;
 * nothing: a new one must begin.
 */
export const BEGIN = script({
  name: 'begin',
  flag: 'no-writes',
  parts: [
    STATE,
    `
local fields = redis.call('HMGET', KEYS[1], 'run', 'life', 'kept')
if fields[1] ~= ARGV[1] or not fields[2] or not isWhole(fields[3] or '0000', 1, 4, 2) then return false end
return fields[2]
`,
  ],
});

/**
 * KEYS: as above. ARGV: the name of a new life, the run id of this server. Answers the life in force: another
 * connection may have begun it.
 *
 * What is left of marks that are not whole is dropped. Nothing is lost by that: whatever is stored in the new life was
 * read from the origin after all that was ever applied. Without a state there is no clock either, so positions go as
 * well: as if it had come back empty.
 */
export const NEW_LIFE = script({
  name: 'new-life',
  flag: 'allow-oom',
  parts: [
    STATE,
    `
local fields = redis.call('HMGET', KEYS[1], 'run', 'life', 'clock', 'floor', 'allSoft', 'anyTag', 'anyPattern', 'kept')
local kept = fields[8] or '0000'
if fields[1] == ARGV[2] and fields[2] and isWhole(kept, 1, 4, 2) then return fields[2] end
local clock = (tonumber(fields[3]) or 0) + 1
if not fields[3] then redis.call('UNLINK', KEYS[5]) end
if not fields[3] or not isWhole(kept, 1, 3, 2) then redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4]) end
redis.call('HSET', KEYS[1], 'run', ARGV[2], 'life', ARGV[1])
writeState({
  clock = clock,
  floor = tonumber(fields[4]) or 0,
  allHard = clock,
  allSoft = tonumber(fields[5]) or 0,
  anyTag = tonumber(fields[6]) or 0,
  anyPattern = tonumber(fields[7]) or 0,
  kept = keptParts(),
})
return ARGV[1]
`,
  ],
});
