/**
 * One answer again and again, from our edge and from what it stands beside: requests a second, processor time a
 * request. Each server has one core, the load another; three rounds in turn, so that what else the machine does meets
 * all of them. A table as it stands in docs/figures.md.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withReleasers } from '../../../services/runtime/releasers.ts';
import { answerContent } from './hit-contents.ts';
import { type LoadTold, load } from './hit-load.ts';
import { type Core, coresOf, end, isHere, start, untilAnswers } from './hit-processes.ts';
import { HIT_SERVERS, type HitContext, type HitServer } from './hit-servers.ts';

type Releasers = Parameters<Parameters<typeof withReleasers>[0]>[0];

const ROUNDS = 3;
const WARM_S = 3;
const ROUND_S = 5;
const READ = '/api/content/1';
const HEAD = [
  '',
  'requests/s: median (lowest to highest)',
  'of bare Node',
  'processor µs a request',
  'of bare Node',
  'P99 at half of that, ms (requests/s)',
];

interface Running extends HitServer {
  readonly url: string;
  readonly pid: number;
  readonly folder: string;
  readonly rounds: LoadTold[];
}

async function listen(listener: RequestListener, releasers: Releasers): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  releasers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What an edge answers to a hit, kept for an hour by whoever keeps it. */
async function answerOf(url: string): Promise<RequestListener> {
  await fetch(url);
  const answer = await fetch(url);
  const body = Buffer.from(await answer.arrayBuffer());
  const kept = ['cache-status', 'etag', 'content-type'].map((name) => [name, answer.headers.get(name) ?? ''] as const);
  const headers = { ...Object.fromEntries(kept), 'cache-control': 'public, max-age=3600', 'content-length': body.length };
  return (_request, response) => void response.writeHead(200, headers).end(body);
}

export async function hit(line: (text: string) => void): Promise<void> {
  if (!(await isHere('wrk'))) return line('skipped: wrk is not installed (apt-get install wrk)');
  const cores = await coresOf();
  if (cores.server.length === 0) line('not on cores of their own: that needs two cores and taskset');
  await withReleasers(async (releasers) => {
    try {
      const running = await startAll({ releasers, cores, line });
      for (const server of running) await sendTo(server, cores, WARM_S);
      for (let round = 0; round < ROUNDS; round += 1)
        for (const server of running) server.rounds.push(await sendTo(server, cores, ROUND_S));
      await tell(running, cores, line);
    } finally {
      await releasers.release();
    }
  });
}

interface StartOptions {
  readonly releasers: Releasers;
  readonly cores: Core;
  readonly line: (text: string) => void;
}

async function startAll({ releasers, cores, line }: StartOptions): Promise<readonly Running[]> {
  const root = await mkdtemp(join(tmpdir(), 'edgesync-hit-'));
  releasers.push(() => rm(root, { recursive: true, force: true }));
  const keep = (child: ChildProcess) => {
    releasers.push(() => end(child));
    return child;
  };
  const redisPort = await freePort();
  if (await isHere('redis-server'))
    keep(start([...cores.rest, 'redis-server', '--port', String(redisPort), '--save', '', '--dir', root, '--loglevel', 'warning']));
  const origin = `http://127.0.0.1:${await listen(answerContent, releasers)}`;
  let answer: RequestListener = (_request, response) => void response.writeHead(503).end();
  const answersPort = await listen((request, response) => answer(request, response), releasers);
  const shared = { origin, redisPort, answers: { url: `http://127.0.0.1:${answersPort}`, port: answersPort } };
  const running: Running[] = [];
  // An edge first: the others give its answer.
  for (const server of [...HIT_SERVERS].sort((one, other) => Number(other.name.startsWith('edge')) - Number(one.name.startsWith('edge')))) {
    const missing = (await Promise.all(server.needs.map(async (program) => ((await isHere(program)) ? [] : [program])))).flat();
    if (missing.length > 0) {
      line(`skipped: ${server.name}, for ${missing.join(', ')} is not installed`);
      continue;
    }
    const folder = join(root, String(running.length));
    const context: HitContext = { ...shared, folder, port: await freePort() };
    await mkdir(folder);
    for (const [name, text] of Object.entries(server.files?.(context) ?? {})) await writeFile(join(folder, name), text);
    const child = keep(start([...cores.server, ...server.command(context)], server.variables?.(context)));
    const url = `http://127.0.0.1:${context.port}`;
    await untilAnswers(`${url}${READ}`, child);
    if (running.length === 0) answer = await answerOf(`${url}${READ}`);
    running.push({ ...server, url, pid: child.pid ?? 0, folder, rounds: [] });
  }
  return HIT_SERVERS.flatMap(({ name }) => running.filter((server) => server.name === name));
}

function sendTo({ url, pid, contents, folder }: Running, cores: Core, seconds: number, requestsPerS?: number): Promise<LoadTold> {
  return load({ url, pid, contents, folder, seconds, before: cores.rest, ...(requestsPerS === undefined ? {} : { requestsPerS }) });
}

function middle(numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function ratioTo(other: Running | undefined, one: Running, figureOf: (of: Running) => number): string {
  return other === undefined ? '-' : (figureOf(one) / figureOf(other)).toFixed(2);
}

async function tell(running: readonly Running[], cores: Core, line: (text: string) => void): Promise<void> {
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const maximumOf = ({ rounds }: Running) => middle(rounds.map(({ requestsPerS }) => requestsPerS));
  const processorUsOf = ({ rounds }: Running) => middle(rounds.map(({ processorUs }) => processorUs));
  const [bare] = running;
  line(`| ${HEAD.join(' | ')} |`);
  line(`| --- |${' ---: |'.repeat(HEAD.length - 1)}`);
  for (const server of running) {
    const rates = server.rounds.map(({ requestsPerS }) => requestsPerS);
    const maximum = maximumOf(server);
    const half = await sendTo(server, cores, ROUND_S, maximum / 2);
    const failed = [...server.rounds, half].reduce((sum, told) => sum + told.failed, 0);
    const cells = [
      `${server.name}${failed > 0 ? ` (${failed} failed)` : ''}`,
      `${whole(maximum)} (${whole(Math.min(...rates))} to ${whole(Math.max(...rates))})`,
      ratioTo(bare, server, maximumOf),
      processorUsOf(server).toFixed(1),
      ratioTo(bare, server, processorUsOf),
      `${half.p99Ms.toFixed(1)} (${whole(half.requestsPerS)})`,
    ];
    line(`| ${cells.join(' | ')} |`);
  }
}
