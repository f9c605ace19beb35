/**
 * The modes of the terminal while the lab has it: taken before anything is drawn, given back once, whatever ends the
 * program.
 *
 * Keys come one by one from here on, so that what is pressed before anybody listens is kept and not echoed into the
 * picture; what is pasted comes marked. Frames have the alternate screen for themselves, and no cursor.
 */
export interface Stage {
  /** Safe to call twice. */
  close(): void;
  /** As whoever comes next wants it; `take` takes it again. */
  lend(): void;
  /** Also when nobody gave it back: a program that was stopped may find any modes. */
  take(): void;
}

export interface StageOptions {
  readonly stdin: Pick<NodeJS.ReadStream, 'setRawMode'>;
  readonly write: (text: string) => void;
  /** Lines instead of frames: the screen stays as it is. */
  readonly isSpoken: boolean;
}

const [MARK_PASTES, LEAVE_PASTES] = ['\u001b[?2004h', '\u001b[?2004l'];
const [OWN_SCREEN, NORMAL_SCREEN] = ['\u001b[?1049h\u001b[?25l', '\u001b[?2026l\u001b[?1049l'];
const SHOW_CURSOR = '\u001b[?25h';

export function openStage({ stdin, write, isSpoken }: StageOptions): Stage {
  let isOpen = true;
  const take = () => {
    // A mode that Node believes to be set already it does not set again.
    stdin.setRawMode(false);
    stdin.setRawMode(true);
    write(`${isSpoken ? '' : OWN_SCREEN}${MARK_PASTES}`);
  };
  const lend = () => {
    stdin.setRawMode(false);
    write(`${LEAVE_PASTES}${isSpoken ? '' : NORMAL_SCREEN}${SHOW_CURSOR}`);
  };
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    process.off('exit', close);
    lend();
  };
  process.once('exit', close);
  take();
  return { close, lend, take };
}

/**
 * OSC 52, which xterm has had since 2006: a terminal that does not know it, or does not allow it, shows nothing of it.
 */
export function toClipboard(text: string): string {
  return `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`;
}
