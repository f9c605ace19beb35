/**
 * From the bytes that a terminal sends to keys, byte by byte, so that it does not matter in what pieces they come: a
 * slow connection splits anywhere, and half a sequence read as letters would be commands.
 *
 * States: ground -> character -> ground; ground -> escape -> csi | ss3 | string -> ground; csi -> mouse | paste ->
 * ground; escape -> escape-key -> csi | ss3 | string | ground
 *
 * Only a lone ESC cannot be told from the begin of a sequence but by waiting: after `ESCAPE_MS` it is the key Esc
 * (`escape-key`). Should the rest come late after all, it is still no letters. What began as a sequence ends as one,
 * however late. Control keys are heard in every state, but not in what is pasted.
 */
import { Paste } from './paste.ts';
import { keyOfCsi, keyOfSs3 } from './sequences.ts';
import type { Token } from './tokens.ts';

export interface InputParser {
  push(bytes: Uint8Array): readonly Token[];
  /** How long nothing may come before `lapse` is due; undefined: for ever. */
  readonly waitMs: number | undefined;
  /** Nothing has come for that long. */
  lapse(): readonly Token[];
}

type State = 'ground' | 'character' | 'escape' | 'escape-key' | 'csi' | 'ss3' | 'mouse' | 'string' | 'string-end' | 'paste';

/** Longer than a slow connection holds a byte back, shorter than a person takes from Esc to the next key. */
const ESCAPE_MS = 150;
/** Behind an Esc that was given as a key, and in what may never end. */
const QUIET_MS = 1_000;
const WAITS: Readonly<Partial<Record<State, number>>> = {
  escape: ESCAPE_MS,
  ...{ 'escape-key': QUIET_MS, string: QUIET_MS, 'string-end': QUIET_MS, paste: QUIET_MS },
};

const [ETX, BEL, BACKSPACE, TAB, LF, CR, CAN, SUB, ESC, SPACE, BACKSLASH, DEL] = [3, 7, 8, 9, 10, 13, 24, 26, 27, 32, 92, 127] as const;
const NAMED: ReadonlyMap<number, string> = new Map([
  [BACKSPACE, 'backspace'],
  [DEL, 'backspace'],
  [TAB, 'tab'],
  [LF, 'return'],
  [CR, 'return'],
]);
/** They end what they come in, as any terminal takes them; DEL is the key Backspace. */
const ENDING: readonly number[] = [CAN, SUB, DEL];
const OPENING: ReadonlyMap<string, State> = new Map([['[', 'csi'], ['O', 'ss3'], ...[...'PX]^_'].map((each) => [each, 'string'] as const)]);
/** More of a sequence is not kept. */
const SEQUENCE_BYTES_MAX = 64;
/** Button, column and row, each a byte of any value. */
const MOUSE_BYTES = 3;

export function createInputParser(): InputParser {
  return new Parser();
}

class Parser implements InputParser {
  #state: State = 'ground';
  /** Of the sequence or the character. */
  #held: number[] = [];
  /** What opened the sequence, where its ESC was given as a key. */
  #late: string | undefined;
  #paste = new Paste();
  #isQuiet = false;
  #tokens: Token[] = [];

  get waitMs(): number | undefined {
    return this.#late !== undefined && this.#held.length === 0 ? ESCAPE_MS : WAITS[this.#state];
  }

  push(bytes: Uint8Array): readonly Token[] {
    for (const byte of bytes) this.#take(byte);
    return this.#takeTokens();
  }

  lapse(): readonly Token[] {
    if (this.waitMs === undefined) return [];
    const late = this.#late;
    if (this.#state === 'paste') this.#isQuiet = true;
    else if (this.#state === 'escape') {
      this.#key('escape');
      this.#to('escape-key');
    } else {
      this.#to('ground');
      // A person pressed it.
      if (late !== undefined) this.#typed(late);
    }
    return this.#takeTokens();
  }

  #takeTokens(): readonly Token[] {
    const tokens = this.#tokens;
    this.#tokens = [];
    return tokens;
  }

  #take(byte: number): void {
    const state = this.#state;
    if (state === 'paste') this.#inPaste(byte);
    else if (state === 'string' || state === 'string-end') this.#inString(byte);
    else if (state === 'escape') this.#afterEscape(byte);
    else if (byte === ESC) this.#to('escape');
    else if (state === 'escape-key') this.#afterEscapeKey(byte);
    else if (state === 'ground') this.#inGround(byte);
    else if (state === 'character') this.#inCharacter(byte);
    else if (byte < SPACE) this.#controlWithin(byte);
    else if (state === 'mouse') this.#inMouse(byte);
    else if (byte === DEL) this.#controlWithin(byte);
    else if (byte > DEL) this.#to('ground');
    else if (state === 'csi') this.#inCsi(byte);
    else this.#inSs3(byte);
  }

  #to(state: State): void {
    this.#state = state;
    this.#held = [];
    this.#late = undefined;
  }

  #key(name: string | undefined): void {
    if (name !== undefined) this.#tokens.push({ kind: 'key', name });
  }

  #typed(name: string): void {
    this.#tokens.push({ kind: 'typed', name });
  }

  #control(byte: number): void {
    const name = NAMED.get(byte) ?? `ctrl+${String.fromCharCode(byte + 0x60)}`;
    if (byte === ETX || name === 'backspace') this.#key(name);
    // Of the others with Ctrl none is bound.
    else if (byte > 0 && byte <= SUB) this.#typed(name);
  }

  /** What it comes in goes on behind it. */
  #controlWithin(byte: number): void {
    if (ENDING.includes(byte)) this.#to('ground');
    this.#control(byte);
  }

  #inGround(byte: number): void {
    if (byte < SPACE || byte === DEL) return this.#control(byte);
    if (byte < DEL) return this.#typed(String.fromCharCode(byte));
    if (lengthOf(byte) === 1) return;
    this.#to('character');
    this.#held.push(byte);
  }

  #inCharacter(byte: number): void {
    if ((byte & 0xc0) !== 0x80) {
      this.#to('ground');
      return this.#inGround(byte);
    }
    this.#held.push(byte);
    if (this.#held.length < lengthOf(this.#held[0] ?? 0)) return;
    const character = Buffer.from(this.#held).toString('utf8');
    this.#to('ground');
    if (!/[\p{Cc}\ufffd]/u.test(character)) this.#typed(character);
  }

  #afterEscape(byte: number): void {
    // Twice the key; the second may begin a sequence.
    if (byte === ESC) return this.#key('escape');
    this.#to(OPENING.get(String.fromCharCode(byte)) ?? 'ground');
    if (byte === BACKSPACE || byte === DEL) return this.#control(byte);
    // Nothing is bound to a letter with Alt.
    if (byte >= SPACE) return;
    this.#key('escape');
    this.#control(byte);
  }

  #afterEscapeKey(byte: number): void {
    const character = String.fromCharCode(byte);
    const opened = OPENING.get(character);
    this.#to(opened ?? 'ground');
    if (opened === undefined) this.#inGround(byte);
    else this.#late = character;
  }

  #inCsi(byte: number): void {
    const character = String.fromCharCode(byte);
    const isFirst = this.#held.length === 0;
    if (isFirst && character === 'M') return this.#to('mouse');
    // A key of Linux' own screen, `ESC [ [ A`; one of rxvt's with Shift, `ESC [ 5 $`.
    const isLinux = isFirst && character === '[';
    const isRxvt = character === '$' && this.#held.length === 1 && /\d/.test(String.fromCharCode(this.#held[0] ?? 0));
    if (!isRxvt && (isLinux || byte < 0x40)) return this.#hold(byte);
    const parameters = Buffer.from(this.#held).toString('latin1');
    this.#to('ground');
    if (parameters === '200' && character === '~') this.#beginPaste();
    else this.#key(keyOfCsi(parameters, character));
  }

  #inSs3(byte: number): void {
    // A digit: modifiers, which some terminals put there.
    if (byte < 0x40) return this.#hold(byte);
    this.#to('ground');
    this.#key(keyOfSs3(String.fromCharCode(byte)));
  }

  #inMouse(byte: number): void {
    this.#hold(byte);
    if (this.#held.length === MOUSE_BYTES) this.#to('ground');
  }

  #hold(byte: number): void {
    if (this.#held.length < SEQUENCE_BYTES_MAX) this.#held.push(byte);
  }

  /** Until BEL or `ESC \`: an answer of the terminal's to somebody else. */
  #inString(byte: number): void {
    const isEnd = this.#state === 'string-end';
    if (byte === ESC) this.#to('string-end');
    else if (byte === BEL || (isEnd && byte === BACKSLASH)) this.#to('ground');
    else if (isEnd) {
      this.#to('escape');
      this.#afterEscape(byte);
    } else if (byte === ETX || ENDING.includes(byte)) {
      this.#to('ground');
      this.#control(byte);
    } else this.#hold(byte);
  }

  #beginPaste(): void {
    this.#to('paste');
    this.#paste = new Paste();
    this.#isQuiet = false;
  }

  #inPaste(byte: number): void {
    // Its end was lost: nothing came for a while, and then this.
    if (this.#isQuiet && byte === ETX) {
      this.#to('ground');
      return this.#control(byte);
    }
    this.#isQuiet = false;
    if (!this.#paste.take(byte)) return;
    this.#to('ground');
    this.#tokens.push({ kind: 'paste', text: this.#paste.text });
  }
}

/** Of the character in UTF-8 that begins with it; 1 for what begins none. */
function lengthOf(first: number): number {
  if (first < 0xc0 || first >= 0xf8) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
