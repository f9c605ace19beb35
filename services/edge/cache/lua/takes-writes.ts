/**
 * KEYS: state. ARGV: life. Changes nothing, and is refused where a change would be: Redis asks for the flag before it
 * runs a script. So it tells of snapshots that fail, of a server made a replica, of too few replicas.
 */
import { script } from './script.ts';
import { STATE } from './state.ts';

export const TAKES_WRITES = script({
  name: 'takes-writes',
  flag: 'allow-oom',
  parts: [
    STATE,
    `
local state, refusal = readState()
if not state then return refusal end
return 'yes'
`,
  ],
});
