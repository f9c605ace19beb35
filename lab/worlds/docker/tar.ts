/** One small file as a tar archive: how a file is put into a container that is not started yet. */
import type { ContainerFile } from './container-spec.ts';

const BLOCK = 512;
const NAME_LENGTH_MAX = 100;

/** `path` is absolute. The archive is to be unpacked at `/`. */
export function tarOf({ path, content, mode }: ContainerFile): Buffer {
  const name = path.replace(/^\/+/, '');
  if (name.length > NAME_LENGTH_MAX) throw new RangeError(`expected a path of at most ${NAME_LENGTH_MAX} characters, got ${path}`);
  const body = Buffer.from(content, 'utf8');
  const head = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) => head.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'ascii');
  head.write(name, 0, 'utf8');
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(body.length, 124, 12);
  octal(0, 136, 12);
  head.write('0', 156, 'ascii');
  head.write('ustar\0', 257, 'ascii');
  head.write('00', 263, 'ascii');
  // The sum is taken with its own field full of spaces.
  head.fill(' ', 148, 156);
  octal(
    head.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  const padding = Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK);
  return Buffer.concat([head, body, padding, Buffer.alloc(2 * BLOCK)]);
}
