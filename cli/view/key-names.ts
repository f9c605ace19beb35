/** What the terminal sends, as the names the table of keys uses. */
import type { Key } from 'ink';

/** Typed faster than it is read: more at once is no typing. */
const TYPED_MAX = 8;

/** Several when keys came in one piece; none for what has no name. */
export function keyNames(input: string, key: Key): readonly string[] {
  if (key.eventType === 'release') return [];
  if (key.tab) return [key.shift ? 'shift+tab' : 'tab'];
  if (key.escape) return ['escape'];
  if (key.leftArrow) return ['left'];
  if (key.rightArrow) return ['right'];
  if (key.ctrl) return input === '' ? [] : [`ctrl+${input}`];
  if (key.meta || key.return) return [];
  const typed = [...input];
  return typed.length > TYPED_MAX ? [] : typed;
}
