/**
 * KEYS: state, marks, patterns, marks by age, positions. ARGV: life, now, retention in ms, most marks, keys and
 * versions in turn. As if an event of each version had been applied hard, but at no position.
 */
import { FOLD } from './apply.ts';
import { MARKS } from './marks.ts';
import { script } from './script.ts';
import { STATE } from './state.ts';

export const RAISE_MINIMUMS = script({
  name: 'raise-minimums',
  flag: 'allow-oom',
  parts: [
    STATE,
    MARKS,
    FOLD,
    `
local state, refusal = readState(1, 4, 2)
if not state then return refusal end
local now, retention, most = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
for at = 5, #ARGV, 2 do
  local field = 'k:' .. ARGV[at]
  local mark = readMark(field)
  state.clock = state.clock + 1
  mark.hardMinimum = math.max(mark.hardMinimum, tonumber(ARGV[at + 1]))
  keep(state, field, mark, now)
  prune(state, tonumber(now) - retention, most)
end
state.kept = keptParts()
writeState(state)
return 'raised'
`,
  ],
});
