/**
 * Complete sequences as the keys they stand for, under the names of the tables of keys. Modifiers beside Shift-Tab
 * change nothing.
 */

const LETTERS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  Z: 'shift+tab',
  M: 'return',
};
/** With Shift, as rxvt sends them. */
const SMALL: Readonly<Record<string, string>> = { a: 'up', b: 'down', c: 'right', d: 'left' };
// Terminals disagree about which of the two the key above Enter sends: Delete is taken for Backspace.
const NUMBERS: Readonly<Record<string, string>> = { 1: 'home', 3: 'backspace', 4: 'end', 5: 'pageup', 6: 'pagedown', 7: 'home', 8: 'end' };
const UNICODE: Readonly<Record<number, string>> = { 9: 'tab', 13: 'return', 27: 'escape', 127: 'backspace' };
const RELEASE = '3';
const [SHIFT, ALT, CTRL] = [1, 2, 4];

/**
 * `ESC [ parameters final`; undefined for what is no key: mouse, focus, answers of the terminal, keys that nothing is
 * bound to.
 */
export function keyOfCsi(parameters: string, final: string): string | undefined {
  // Those of Linux' own screen (`ESC [ [ A`: F1), and answers of the terminal.
  if (/^[[<-?]/.test(parameters)) return undefined;
  const [number = '', modifiers = ''] = parameters.split(';');
  const [bits = '', event] = modifiers.split(':');
  if (event === RELEASE) return undefined;
  if (final === 'u') return keyOfUnicode(Number(number.split(':')[0]), Number(bits || 1) - 1);
  if (/[~^$]/.test(final)) return NUMBERS[number];
  // `ESC [ 2 ; 5 R` says where the cursor is, `ESC [ M` stands before an old report of the mouse.
  if (number !== '' && number !== '1') return undefined;
  return final === 'M' ? undefined : (LETTERS[final] ?? (parameters === '' ? SMALL[final] : undefined));
}

/** `ESC O final`. */
export function keyOfSs3(final: string): string | undefined {
  return LETTERS[final] ?? SMALL[final];
}

/** `ESC [ code point ; modifiers u`, where a program before this one left the terminal in that mode. */
function keyOfUnicode(codePoint: number, modifiers: number): string | undefined {
  const named = UNICODE[codePoint];
  if (named !== undefined) return named === 'tab' && (modifiers & SHIFT) !== 0 ? 'shift+tab' : named;
  if ((modifiers & ALT) !== 0 || !Number.isInteger(codePoint) || codePoint < 0x20 || codePoint > 0x10ffff) return undefined;
  const character = String.fromCodePoint(codePoint);
  if (/[\p{Cc}\p{Cs}\p{Co}]/u.test(character)) return undefined;
  if ((modifiers & CTRL) !== 0) return `ctrl+${character}`;
  return (modifiers & SHIFT) === 0 ? character : character.toUpperCase();
}
