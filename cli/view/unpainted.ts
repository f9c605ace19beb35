/**
 * The terminal as Ink is given it while frames are painted past it: Ink listens to keys and sets the modes for that, and what it
 * would draw of its own empty frame is left out, for it would land on ours.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what it is about.
const EMPTY_FRAME = /^(?:\n|\u001b\[(?:[0-9]*[AGJK]|\?2026[hl]|\?25[hl]))*$/;

export function unpainted(stdout: NodeJS.WriteStream): NodeJS.WriteStream {
  const write = (text: unknown, ...rest: readonly unknown[]) => {
    const isDrawn = typeof text === 'string' && text !== '' && EMPTY_FRAME.test(text);
    return Reflect.apply(stdout.write, stdout, [isDrawn ? '' : text, ...rest]);
  };
  return new Proxy(stdout, {
    get: (target, name) => {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
