/** Where what is written waits, in front of Node's own streams. */
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { VirtualClock } from '../services/runtime/virtual-clock.ts';
import { Channel, type Stream, UNREAD_MS_MAX } from './channel.ts';

interface Reader {
  readonly stream: Stream;
  /** What came out so far. */
  readonly read: () => string;
  /** From here on pieces are taken at once, or kept until they are asked for. */
  take(isReading: boolean): void;
  /** Takes what was kept, or loses it. */
  takeOne(error?: Error): void;
}

function openReader({ isTTY = true } = {}): Reader {
  const taken: Uint8Array[] = [];
  let isReading = true;
  let kept: ((error?: Error) => void) | undefined;
  const stream = new Writable({
    write: (bytes: Uint8Array, _encoding, done) => {
      const take = (error?: Error) => {
        if (error === undefined) taken.push(bytes);
        done(error);
      };
      if (isReading) take();
      else kept = take;
    },
  }).on('error', () => {});
  const takeOne = (error?: Error) => {
    const take = kept;
    kept = undefined;
    take?.(error);
  };
  return {
    stream: Object.assign(stream, { isTTY }),
    read: () => Buffer.concat(taken).toString(),
    take: (reads) => {
      isReading = reads;
      if (reads) takeOne();
    },
    takeOne,
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('passes on at once what is taken at once', () => {
  const { stream, read } = openReader();
  const channel = new Channel();
  channel.write(stream, 'é'.repeat(10_000));
  expect(read()).toBe('é'.repeat(10_000));
  expect(channel.isFree).toBe(true);
});

it('keeps what nobody takes, in order, and loses nothing of it', async () => {
  const reader = openReader();
  const channel = new Channel();
  reader.take(false);
  for (let line = 0; line < 5_000; line += 1) channel.write(reader.stream, `line ${line}\n`);
  expect(channel.isFree).toBe(false);
  reader.take(true);
  while (!channel.isFree) await turn();
  expect(reader.read()).toBe(Array.from({ length: 5_000 }, (_, line) => `line ${line}\n`).join(''));
});

it('keeps the order of two streams of one terminal', async () => {
  const [out, error] = [openReader(), openReader()];
  const channel = new Channel();
  out.take(false);
  channel.write(out.stream, 'first');
  channel.write(error.stream, 'second');
  expect(error.read()).toBe('');
  out.take(true);
  while (!channel.isFree) await turn();
  expect([out.read(), error.read()]).toEqual(['first', 'second']);
});

it('leaves spare lines out when much waits, and says how many, where they are missing', async () => {
  const reader = openReader();
  const channel = new Channel();
  reader.take(false);
  const line = `${'x'.repeat(1_023)}\n`;
  for (let at = 0; at < 1_000; at += 1) channel.writeSpare(reader.stream, line);
  channel.write(reader.stream, 'the end\n');
  reader.take(true);
  while (!channel.isFree) await turn();
  const lines = reader.read().split('\n');
  const kept = lines.filter((text) => text.startsWith('x')).length;
  expect(kept).toBe(256);
  expect(lines.slice(kept)).toEqual([`(${1_000 - kept} lines are missing here: the reader was too slow)`, 'the end', '']);
});

it('tells once when it is free, at once where it is, and a listener waits only once', async () => {
  const reader = openReader();
  const channel = new Channel();
  let told = 0;
  const listener = () => {
    told += 1;
  };
  channel.whenFree(listener);
  expect(told).toBe(1);
  reader.take(false);
  channel.write(reader.stream, 'x');
  for (let at = 0; at < 3; at += 1) channel.whenFree(listener);
  expect(told).toBe(1);
  reader.take(true);
  while (!channel.isFree) await turn();
  channel.write(reader.stream, 'y');
  expect(told).toBe(2);
});

it('gives up on a reader that takes nothing, and waits for one that takes a piece now and then', async () => {
  const clock = new VirtualClock();
  const reader = openReader();
  const channel = new Channel();
  reader.take(false);
  channel.write(reader.stream, 'x'.repeat(20_000));
  let isFree: boolean | undefined;
  void channel.untilFree(clock).then((answer) => {
    isFree = answer;
  });
  for (let piece = 0; piece < 3; piece += 1) {
    await clock.advance(UNREAD_MS_MAX - 1);
    expect(isFree).toBeUndefined();
    reader.takeOne();
  }
  await clock.advance(2 * UNREAD_MS_MAX);
  expect(isFree).toBe(false);
});

it('does not wait for a stream that is broken', async () => {
  const reader = openReader({ isTTY: false });
  const channel = new Channel();
  reader.take(false);
  channel.write(reader.stream, 'x');
  channel.write(reader.stream, 'y');
  reader.takeOne(new Error('EPIPE'));
  while (!channel.isFree) await turn();
  expect(reader.read()).toBe('');
});
