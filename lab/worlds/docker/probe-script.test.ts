/**
 * The probe as it runs in a container, here against servers of this process that speak as little of each protocol as it
 * takes.
 */
import { execFile } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { parseProbed, probeCommand, type Question, UP } from './probe-script.ts';

const HANDSHAKE = 8;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function serve(onData: (socket: Socket, chunk: Buffer) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => onData(socket, chunk));
  });
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function ask(question: Partial<Question> & Pick<Question, 'port'>): Promise<string> {
  const [, ...words] = probeCommand({ host: '127.0.0.1', speaks: 'kafka', bytes: 0, deadlineMs: 500, hold: false, ...question });
  return (await promisify(execFile)(process.execPath, words)).stdout;
}

/** Answers each frame of a size and that many bytes with a frame of ten. */
function echoFrames(): (socket: Socket, chunk: Buffer) => void {
  let got = Buffer.alloc(0);
  return (socket, chunk) => {
    got = Buffer.concat([got, chunk]);
    while (got.length >= 4 && got.length >= 4 + got.readInt32BE(0)) {
      got = got.subarray(4 + got.readInt32BE(0));
      socket.write(Buffer.from([0, 0, 0, 10, ...Buffer.alloc(10)]));
    }
  };
}

describe('the probe', () => {
  it.each(['kafka', 'http', 'postgres'] as const)('of %s is answered by the first bytes that come back', async (speaks) => {
    const port = await serve((socket) => void socket.write('S'));
    expect(parseProbed(await ask({ port, speaks }))).toMatchObject({ answered: true });
  });

  it('asks Kafka many questions at once when it is to be long, and waits for every answer', async () => {
    let received = 0;
    const answer = echoFrames();
    const port = await serve((socket, chunk) => {
      received += chunk.length;
      answer(socket, chunk);
    });
    expect(parseProbed(await ask({ port, bytes: 10_000 }))).toMatchObject({ answered: true });
    expect(received).toBeGreaterThanOrEqual(10_000);
  });

  it('is not answered by silence, by a close, or where nobody listens', async () => {
    const silent = await serve(() => {});
    const probed = parseProbed(await ask({ port: silent, deadlineMs: 300 }));
    expect(probed).toMatchObject({ answered: false });
    expect(probed?.elapsedMs).toBeGreaterThanOrEqual(290);
    const closing = await serve((socket) => socket.destroy());
    expect(parseProbed(await ask({ port: closing }))).toMatchObject({ answered: false });
    expect(parseProbed(await ask({ port: 1 }))).toMatchObject({ answered: false });
  });

  it('holds a connection, says when it is up, and tells whether it broke', async () => {
    const sockets: Socket[] = [];
    const port = await serve(() => {});
    servers.at(-1)?.on('connection', (socket) => void sockets.push(socket));
    const broken = ask({ port, hold: true, deadlineMs: 5_000 });
    const begunMs = performance.now();
    while (sockets.length === 0 && performance.now() - begunMs < 5_000) await new Promise((resolve) => setTimeout(resolve, HANDSHAKE));
    setTimeout(() => sockets[0]?.destroy(), 200);
    expect(await broken).toContain(UP);
    expect(parseProbed(await broken)).toMatchObject({ answered: true });
    expect(parseProbed(await ask({ port, hold: true, deadlineMs: 300 }))).toMatchObject({ answered: false });
  });
});
