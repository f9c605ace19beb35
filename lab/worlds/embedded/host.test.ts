/** The process of the services, whose lab may end at any moment. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { ToHost } from './messages.ts';

const HOST = fileURLToPath(new URL('./host.ts', import.meta.url));
/** Answered as soon as the host listens, for nothing runs in it. */
const FIRST: ToHost = { type: 'control', call: 1, request: { do: 'resume', node: 'origin' } };
/** Refused at once, with a word to the lab. */
const MALFORMED_ORDER = { type: 'start', order: {} };

it('ends without a word of its own when the lab is gone before it is told something', async () => {
  const host = fork(HOST, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
  if (host.stderr === null) throw new TypeError('expected a pipe from standard error');
  const said = text(host.stderr);
  host.send(FIRST);
  await once(host, 'message');
  // Stopped, it finds the order and the end of the channel together when it goes on.
  host.kill('SIGSTOP');
  await new Promise((resolve) => host.send(MALFORMED_ORDER, resolve));
  const ended = once(host, 'exit');
  host.disconnect();
  host.kill('SIGCONT');
  const [code] = await ended;
  expect({ code, said: await said }).toEqual({ code: 0, said: '' });
});
