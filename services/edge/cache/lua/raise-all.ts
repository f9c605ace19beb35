/** A hard epoch of all. KEYS: state, and for another log the positions, which it then drops with the heartbeats. ARGV: life. */
import { script } from './script.ts';
import { STATE } from './state.ts';

export const RAISE_ALL = script({
  name: 'raise-all',
  flag: 'allow-oom',
  parts: [
    STATE,
    `
local state, refusal = readState()
if not state then return refusal end
state.clock = state.clock + 1
state.allHard = state.clock
if KEYS[2] then
  redis.call('DEL', KEYS[2])
  for partition = 0, (tonumber(redis.call('HGET', KEYS[1], 'beats') or 0)) - 1 do
    redis.call('HDEL', KEYS[1], 'pending:' .. partition, 'beat:' .. partition)
  end
  redis.call('HDEL', KEYS[1], 'beats', 'beat')
  state.kept = string.sub(state.kept, 1, 3) .. '0'
end
writeState(state)
return 'raised'
`,
  ],
});
