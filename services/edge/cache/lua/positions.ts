/** KEYS: state, positions. ARGV: life. Answers partitions and their `offset time id`, in turn. */
import { script } from './script.ts';
import { STATE } from './state.ts';

export const POSITIONS = script({
  name: 'positions',
  flag: 'no-writes',
  parts: [
    STATE,
    `
local state, refusal = readState(4, 4, 2)
if not state then return refusal end
return redis.call('HGETALL', KEYS[2])
`,
  ],
});
