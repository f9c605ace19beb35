/** A hard epoch of all. */
import { script } from './script.ts';
import { STATE } from './state.ts';

const RAISE = `
local function raiseAll(state)
  state.clock = state.clock + 1
  state.allHard = state.clock
end
`;

/** KEYS: state. ARGV: life. */
export const RAISE_ALL = script({
  name: 'raise-all',
  flag: 'allow-oom',
  parts: [
    STATE,
    RAISE,
    `
local state, refusal = readState()
if not state then return refusal end
raiseAll(state)
writeState(state)
return 'raised'
`,
  ],
});

/**
 * KEYS: state, positions, which it drops with the heartbeats. ARGV: life, the generation of the log. Answers the
 * generation that is in force then; nothing: that log had been forgotten before.
 */
export const FORGET_LOG = script({
  name: 'forget-log',
  flag: 'allow-oom',
  parts: [
    STATE,
    RAISE,
    `
local state, refusal = readState()
if not state then return refusal end
if ARGV[2] ~= generationOf(state) then return false end
raiseAll(state)
redis.call('DEL', KEYS[2])
for partition = 0, (tonumber(redis.call('HGET', KEYS[1], 'beats') or 0)) - 1 do
  redis.call('HDEL', KEYS[1], 'pending:' .. partition, 'beat:' .. partition)
end
redis.call('HDEL', KEYS[1], 'beats', 'beat')
state.kept = string.sub(state.kept, 1, 3) .. '0'
writeState(state)
state.forgotten = text(redis.call('HINCRBY', KEYS[1], 'forgotten', 1))
return generationOf(state)
`,
  ],
});
