/**
 * KEYS: state, positions. ARGV: life. Answers the generation of the log, then partitions and their `offset time id`, in
 * turn.
 */
import { script } from './script.ts';
import { STATE } from './state.ts';

export const TAKE_UP = script({
  name: 'take-up',
  flag: 'no-writes',
  parts: [
    STATE,
    `
local state, refusal = readState(4, 4, 2)
if not state then return refusal end
return { generationOf(state), redis.call('HGETALL', KEYS[2]) }
`,
  ],
});
