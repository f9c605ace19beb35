/**
 * Globs for pattern invalidation: `*` stands for any run of characters, `?` for exactly one. No classes, no escapes,
 * no regular expressions, so that every cache (a Lua script among them) can hold the same rule.
 *
 * Two-pointer matching with one backtrack point: O(text * pattern) at worst, never exponential.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resumeAt = 0;
  let next = 0;
  while (at < text.length) {
    if (next < pattern.length && (pattern[next] === '?' || pattern[next] === text[at]) && pattern[next] !== '*') {
      at += 1;
      next += 1;
    } else if (pattern[next] === '*') {
      star = next;
      resumeAt = at;
      next += 1;
    } else if (star >= 0) {
      resumeAt += 1;
      at = resumeAt;
      next = star + 1;
    } else {
      return false;
    }
  }
  while (pattern[next] === '*') next += 1;
  return next === pattern.length;
}
