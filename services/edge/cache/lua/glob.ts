/**
 * `protocol/glob.ts` in Lua: the same two pointers with one backtrack point, never exponential. (Lua's own patterns
 * would be: `*a` 250 times becomes `.-a` 250 times.)
 *
 * A `?` there is one UTF-16 code unit, so texts are compared as code units here too, not as bytes.
 */
export const GLOB = String.raw`
local ANY, ONE = string.byte('*'), string.byte('?')

local function unitsOf(text)
  if not string.find(text, '[\128-\255]') then return { string.byte(text, 1, -1) } end
  local units = {}
  local at = 1
  while at <= #text do
    local first, second, third, fourth = string.byte(text, at, at + 3)
    if first < 0x80 then
      units[#units + 1] = first
      at = at + 1
    elseif first < 0xE0 then
      units[#units + 1] = (first - 0xC0) * 64 + (second - 0x80)
      at = at + 2
    elseif first < 0xF0 then
      units[#units + 1] = ((first - 0xE0) * 64 + (second - 0x80)) * 64 + (third - 0x80)
      at = at + 3
    else
      local above = (((first - 0xF0) * 64 + (second - 0x80)) * 64 + (third - 0x80)) * 64 + (fourth - 0x80) - 0x10000
      units[#units + 1] = 0xD800 + math.floor(above / 1024)
      units[#units + 1] = 0xDC00 + above % 1024
      at = at + 4
    end
  end
  return units
end

local function matchesGlob(pattern, units)
  local at, next, star, resumeAt = 1, 1, nil, nil
  while at <= #units do
    local wanted = pattern[next]
    if wanted ~= nil and wanted ~= ANY and (wanted == ONE or wanted == units[at]) then
      at = at + 1
      next = next + 1
    elseif wanted == ANY then
      star = next
      resumeAt = at
      next = next + 1
    elseif star then
      resumeAt = resumeAt + 1
      at = resumeAt
      next = star + 1
    else
      return false
    end
  end
  while pattern[next] == ANY do next = next + 1 end
  return next == #pattern + 1
end
`;
