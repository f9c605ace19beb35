/** The load of `hit`: wrk, 32 connections that each send the next request when they have their answer. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { processorMsOf, runOf } from './hit-processes.ts';

const CONNECTIONS = 32;
/** So many, that a wait of whole milliseconds between two requests of each is fine enough. */
const CONNECTIONS_PACED = 128;
const MS_PER_S = 1_000;
const US_PER_MS = 1_000;

export interface LoadOptions {
  readonly url: string;
  readonly pid: number;
  /** How many contents are read, from id 1. */
  readonly contents: number;
  readonly seconds: number;
  readonly folder: string;
  /** Put before wrk. */
  readonly before: readonly string[];
  /** Left out: as many as it takes. */
  readonly requestsPerS?: number;
}

export interface LoadTold {
  readonly requestsPerS: number;
  /** Of the server, a request. */
  readonly processorUs: number;
  readonly p99Ms: number;
  /** Answers that were none, and connections that broke. */
  readonly failed: number;
}

/** Of each connection the average wait that makes the rate, in whole milliseconds drawn around it. */
const scriptOf = (contents: number, waitMs: number) => `
local paths = {}
function init()
  for id = 1, ${contents} do paths[id] = wrk.format("GET", "/api/content/" .. id) end
end
function request() return paths[math.random(${contents})] end
${waitMs > 0 ? `function delay() local wait = math.random() * ${(2 * waitMs).toFixed(3)}; local whole = math.floor(wait); if math.random() < wait - whole then whole = whole + 1 end; return whole end` : ''}
function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("told %d %d %d %d", summary.requests, summary.duration, latency:percentile(99), failed))
end
`;

export async function load({ url, pid, contents, seconds, folder, before, requestsPerS }: LoadOptions): Promise<LoadTold> {
  const connections = requestsPerS === undefined ? CONNECTIONS : CONNECTIONS_PACED;
  const waitMs = requestsPerS === undefined ? 0 : (connections / requestsPerS) * MS_PER_S;
  const script = join(folder, 'load.lua');
  await writeFile(script, scriptOf(contents, waitMs));
  const beforeMs = await processorMsOf(pid);
  const told = await runOf([...before, 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, url]);
  const tookMs = (await processorMsOf(pid)) - beforeMs;
  const [requests, durationUs, p99Us, failed] = (/told (\d+) (\d+) (\d+) (\d+)/.exec(told) ?? []).slice(1).map(Number);
  if (!requests || !durationUs || p99Us === undefined || failed === undefined)
    throw new Error(`expected wrk to tell what it sent, got ${told}`);
  return {
    requestsPerS: (requests / durationUs) * MS_PER_S * US_PER_MS,
    processorUs: (tookMs * US_PER_MS) / requests,
    p99Ms: p99Us / US_PER_MS,
    failed,
  };
}
