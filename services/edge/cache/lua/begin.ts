/**
 * The first script of every connection. Data stored under another run id, or none at all, may have gone back: one step
 * begins a new life, with a name of its own (a run id alone would come back after a FLUSHALL) and a hard epoch of all.
 *
 * KEYS: state. ARGV: the name of a new life, the run id of this server. Answers the life in force.
 */
import { script } from './script.ts';
import { STATE } from './state.ts';

export const BEGIN = script({
  name: 'begin',
  flag: 'allow-oom',
  parts: [
    STATE,
    `
local fields = redis.call('HMGET', KEYS[1], 'run', 'life', 'clock', 'floor', 'allSoft', 'anyTag', 'anyPattern')
if fields[1] == ARGV[2] and fields[2] then return fields[2] end
local clock = (tonumber(fields[3]) or 0) + 1
redis.call('HSET', KEYS[1], 'run', ARGV[2], 'life', ARGV[1])
writeState({
  clock = clock,
  floor = tonumber(fields[4]) or 0,
  allHard = clock,
  allSoft = tonumber(fields[5]) or 0,
  anyTag = tonumber(fields[6]) or 0,
  anyPattern = tonumber(fields[7]) or 0,
})
return ARGV[1]
`,
  ],
});
