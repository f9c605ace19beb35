/**
 * A small question across a link, asked from where its caller runs: a program for `node -e` in a service container, so
 * that it sees the networks, names and proxies that the caller sees. What it asks is cheap for the callee: Kafka for
 * its API versions, the origin for a page it does not have, Postgres whether it speaks TLS.
 *
 * With `bytes`, question and answer are about as long as that, to show a narrow link: many small questions in one go,
 * and for Postgres an option it does not know, which it names in its answer.
 */
import { z } from 'zod';

export interface Question {
  readonly host: string;
  readonly port: number;
  readonly speaks: 'kafka' | 'http' | 'postgres';
  /** 0: as few as can be. */
  readonly bytes: number;
  readonly deadlineMs: number;
  /** Only holds the connection open, says `up` when it is, and answers whether it broke. */
  readonly hold: boolean;
}

const probed = z.object({ answered: z.boolean(), elapsedMs: z.number() });
export const UP = 'up';

/** The last line is the result. */
export function parseProbed(output: string): z.infer<typeof probed> | undefined {
  try {
    return probed.parse(JSON.parse(output.trimEnd().split('\n').at(-1) ?? ''));
  } catch {
    return undefined;
  }
}

export function probeCommand(question: Question): readonly string[] {
  return ['node', '-e', SCRIPT, JSON.stringify(question)];
}

const SCRIPT = `
const net = require('node:net');
const { host, port, speaks, bytes, deadlineMs, hold } = JSON.parse(process.argv[1]);
const PIECE = 256;
const count = Math.max(1, Math.ceil(bytes / PIECE));
const pad = (length) => 'p'.repeat(length);

function kafkaRequest(last) {
  const client = bytes === 0 ? '' : pad(PIECE - 14);
  const frame = Buffer.alloc(14 + client.length);
  frame.writeInt32BE(frame.length - 4, 0);
  frame.writeInt16BE(18, 4);
  frame.writeInt16BE(client.length, 12);
  frame.write(client, 14);
  return frame;
}
function httpRequest(last) {
  const padding = bytes === 0 ? '' : 'X-Padding: ' + pad(PIECE - 96) + '\\r\\n';
  return Buffer.from('GET /nothing HTTP/1.1\\r\\nHost: ' + host + '\\r\\n' + padding + (last ? 'Connection: close\\r\\n' : '') + '\\r\\n');
}
const OPTION_MAX = 9000;
function postgresRequest() {
  if (bytes === 0) return Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
  const body = 'user\\0probe\\0database\\0probe\\0_pq_.' + pad(Math.min(bytes, OPTION_MAX)) + '\\0x\\0\\0';
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(196608, 4);
  return Buffer.concat([head, Buffer.from(body)]);
}
const request = { kafka: kafkaRequest, http: httpRequest, postgres: postgresRequest }[speaks];
const requests = speaks === 'postgres' ? 1 : count;

let got = Buffer.alloc(0);
function isComplete() {
  if (bytes === 0) return got.length > 0;
  if (speaks === 'postgres') return got.length >= Math.min(bytes, OPTION_MAX);
  if (speaks === 'http') return got.toString('latin1').split('HTTP/1.1 ').length > requests;
  let at = 0;
  let frames = 0;
  while (at + 4 <= got.length && at + 4 + got.readInt32BE(at) <= got.length) {
    at += 4 + got.readInt32BE(at);
    frames += 1;
  }
  return frames >= requests;
}

const begun = performance.now();
let over = false;
function end(answered) {
  if (over) return;
  over = true;
  process.stdout.write(JSON.stringify({ answered, elapsedMs: performance.now() - begun }) + '\\n', () => process.exit(0));
}
setTimeout(() => end(false), deadlineMs);
const socket = net.connect({ host, port });
socket.on('error', () => end(hold));
socket.on('close', () => end(hold));
socket.on('connect', () => {
  if (hold) return void setTimeout(() => process.stdout.write('${UP}\\n'), 50);
  socket.write(Buffer.concat(Array.from({ length: requests }, (_, at) => request(at === requests - 1))));
});
socket.on('data', (chunk) => {
  got = Buffer.concat([got, chunk]);
  if (!hold && isComplete()) end(true);
});
`;
