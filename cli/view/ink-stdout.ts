/** The terminal as Ink is given it: with a way out that never waits, and a size. */
import type { Display } from './display.ts';

export function inkStdout(stdout: NodeJS.WriteStream, display: Pick<Display, 'write' | 'size'>): NodeJS.WriteStream {
  // Ink waits for what it wrote before it goes on, and the lab with it: here it has always gone out.
  const write = (text: string, ...rest: readonly unknown[]) => {
    display.write(text);
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(() => void Reflect.apply(done, undefined, []));
    return true;
  };
  return new Proxy(stdout, {
    get: (target, name) => {
      if (name === 'write') return write;
      if (name === 'columns' || name === 'rows') return display.size()[name];
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
