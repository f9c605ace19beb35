/**
 * Where the processor goes in a hit, by the parts of the program: `node cli/tools/bench/hit-profile.ts
 * [services/edge/main.ts]`. The file named may be that of another checkout. Shares are of what the profiler saw; the
 * time beside them is that of a run without the profiler.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Profiler } from 'node:inspector';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answerContent } from './hit-contents.ts';
import { load } from './hit-load.ts';
import { coresOf, end, isHere, start, untilAnswers } from './hit-processes.ts';

const PORT = 5_981;
const REDIS_PORT = 6_981;
const WARM_S = 4;
const ROUND_S = 6;

/** The first that fits. */
const PARTS: readonly (readonly [name: string, file: RegExp])[] = [
  ['writing to sockets', /^(?:writeUtf8String|writeLatin1String|writev|writeBuffer) /],
  ['collecting garbage', /^\(garbage collector\)/],
  ['the machine code of Node that has no name', /^\(program\)/],
  [
    'Express and its packages',
    /node_modules\/(?:express|router|body-parser|raw-body|path-to-regexp|parseurl|fresh|qs|type-is|content-type|mime|etag|accepts|negotiator|debug|on-finished|depd|finalhandler|statuses|send|encodeurl|escape-html|iconv|bytes|proxy-addr|media-typer|vary|cookie|range-parser|once|wrappy)/,
  ],
  ['ioredis', /node_modules\/(?:ioredis|@ioredis|redis|standard-as-callback|denque|cluster-key-slot)/],
  ['zod', /node_modules\/zod/],
  ['other packages', /node_modules/],
  ["Node's `http`", /node:_http|node:internal\/http|HTTPParser/],
  ["Node's sockets and streams", /node:(?:net|internal\/streams|internal\/stream_base|stream)/],
  ["Node's timers, promises and events", /node:|^(?:runMicrotasks|hrtime|now|record) /],
  ['our HTTP: routes, checks, answers', /services\/runtime\//],
  ['our cache', /services\/edge\/cache\//],
  ['our reader, labels and route', /services\//],
];
const REST = 'built into the language: JSON, maps, texts';

function partOf({ functionName, url }: Profiler.ProfileNode['callFrame']): string {
  const place = `${functionName} ${url}`;
  return PARTS.find(([, pattern]) => pattern.test(place))?.[0] ?? REST;
}

function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ReadonlyMap<string, number> {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const spent = new Map<string, number>();
  let whole = 0;
  for (const [at, id] of samples.entries()) {
    const frame = frames.get(id);
    // Its own call to the profiler, and waiting.
    if (frame === undefined || frame.functionName === '(idle)' || frame.url === 'node:inspector') continue;
    const tookUs = timeDeltas[at] ?? 0;
    whole += tookUs;
    spent.set(partOf(frame), (spent.get(partOf(frame)) ?? 0) + tookUs);
  }
  return new Map([...spent].map(([part, tookUs]) => [part, tookUs / whole]));
}

async function told(edge: ChildProcess): Promise<unknown> {
  edge.kill('SIGUSR2');
  const [message] = await once(edge, 'message');
  return message;
}

async function profile(main: string, cache: string, origin: string): Promise<ReadonlyMap<string, number>> {
  const cores = await coresOf();
  const folder = await mkdtemp(join(tmpdir(), 'edgesync-profile-'));
  const loader = fileURLToPath(new URL('./hit-profiler.ts', import.meta.url));
  const [command = '', ...words] = [...cores.server, process.execPath, '--import', loader, main];
  const variables = { REGION_NAME: 'profiled', EDGE_PORT: String(PORT), REDIS_URL: cache, KAFKA_BROKERS: 'memory:', ORIGIN_URL: origin };
  const edge = spawn(command, words, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
    env: { ...process.env, ...variables, LOG_LEVEL: 'error' },
  });
  try {
    const url = `http://127.0.0.1:${PORT}`;
    await untilAnswers(`${url}/api/content/1`, edge);
    const send = (seconds: number) => load({ url, pid: edge.pid ?? 0, contents: 1, folder, seconds, before: cores.rest });
    await send(WARM_S);
    const { processorUs } = await send(ROUND_S);
    await told(edge);
    await send(ROUND_S);
    const shares = sharesOf((await told(edge)) as Profiler.Profile);
    return new Map([['whole', processorUs], ...[...shares].map(([part, share]) => [part, share * processorUs] as const)]);
  } finally {
    await end(edge);
    await rm(folder, { recursive: true, force: true });
  }
}

const [main = 'services/edge/main.ts'] = process.argv.slice(2);
const cores = await coresOf();
const redis = (await isHere('redis-server'))
  ? start([...cores.rest, 'redis-server', '--port', String(REDIS_PORT), '--save', '', '--loglevel', 'warning'])
  : undefined;
const origin = createServer(answerContent).listen(0, '127.0.0.1');
await once(origin, 'listening');
try {
  const from = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
  const memory = await profile(main, 'memory:', from);
  const overRedis = redis === undefined ? new Map<string, number>() : await profile(main, `redis://127.0.0.1:${REDIS_PORT}`, from);
  process.stdout.write('| processor µs a hit | cache in memory | in Redis |\n| --- | ---: | ---: |\n');
  for (const part of ['whole', ...PARTS.map(([name]) => name), REST]) {
    const cell = (of: ReadonlyMap<string, number>) => of.get(part)?.toFixed(1) ?? '-';
    process.stdout.write(`| ${part} | ${cell(memory)} | ${cell(overRedis)} |\n`);
  }
} finally {
  origin.close();
  origin.closeAllConnections();
  if (redis !== undefined) await end(redis);
}
