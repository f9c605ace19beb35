/**
 * The alternate screen: taken before anything is drawn, given back once, whatever ends the program.
 *
 * Keys come one by one from here on, so that what is pressed before anybody listens is kept and not echoed into the picture.
 */
export interface Stage {
  /** Safe to call twice. */
  close(): void;
}

export interface StageOptions {
  readonly stdin: Pick<NodeJS.ReadStream, 'setRawMode'>;
  readonly stdout: Pick<NodeJS.WriteStream, 'write'>;
}

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?2026l\u001b[?1049l\u001b[?25h';

export function openStage({ stdin, stdout }: StageOptions): Stage {
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    process.off('exit', close);
    stdin.setRawMode(false);
    stdout.write(LEAVE);
  };
  process.once('exit', close);
  stdin.setRawMode(true);
  stdout.write(ENTER);
  return { close };
}
