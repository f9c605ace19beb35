/**
 * What each connection asks a server before anything else: whether it can be trusted with marks, and whether its data
 * is what it was. The answer is the life, under which all later calls are made. A server that takes no change may be
 * used by those who read, if its data is what it was; otherwise a new life would have to begin, and cannot.
 *
 * The policy may be changed later. That costs what is evicted: a part that is lost is found missing, and a new
 * connection asks again.
 */
import { systemRandom } from '../../runtime/random.ts';
import { BEGIN, NEW_LIFE } from './lua/begin.ts';
import type { Script } from './lua/script.ts';

export interface ServerCalls {
  info(): Promise<string>;
  load(script: Script): Promise<unknown>;
  run(script: Script, keys: readonly string[], values: readonly string[]): Promise<unknown>;
}

const POLICY = 'volatile-ttl';
/** The first whose scripts say whether they may run where memory is full. */
const MAJOR_MIN = 7;
const RUN_ID = /^[0-9a-f]{40}$/;

/** Info and scripts go over one connection, so they speak of one server. `keys`: the state and its parts. */
export async function beginLife(
  server: ServerCalls,
  { scripts, keys }: { readonly scripts: readonly Script[]; readonly keys: readonly string[] },
): Promise<string> {
  const fields = parseInfo(await server.info());
  assertVersion(fields);
  assertPolicy(fields);
  await Promise.all(scripts.map((script) => server.load(script)));
  const runId = fields.get('run_id') ?? '';
  if (!RUN_ID.test(runId)) throw new Error(`expected a run id in INFO, got "${runId}"`);
  const inForce = await server.run(BEGIN, keys, [runId]);
  const life = inForce ?? (await server.run(NEW_LIFE, keys, [`${runId}:${systemRandom.uuid()}`, runId]));
  if (typeof life !== 'string') throw new Error(`expected the name of a life, got ${typeof life}`);
  return life;
}

function assertVersion(fields: ReadonlyMap<string, string>): void {
  const version = fields.get('redis_version') ?? 'none';
  if (Number.parseInt(version, 10) >= MAJOR_MIN) return;
  throw new Error(`expected Redis ${MAJOR_MIN} or later, got ${version}`);
}

/** Marks carry no TTL, entries always do: any other policy may evict marks, or refuse to make room. */
function assertPolicy(fields: ReadonlyMap<string, string>): void {
  const policy = fields.get('maxmemory_policy');
  if (fields.get('maxmemory') === '0' || policy === POLICY) return;
  throw new Error(
    `expected maxmemory-policy ${POLICY}, got ${policy}: under it invalidations would be evicted or refused; ` +
      `set it with "redis-cli CONFIG SET maxmemory-policy ${POLICY}" or in redis.conf`,
  );
}

function parseInfo(info: string): ReadonlyMap<string, string> {
  const pairs = info.split('\r\n').filter((line) => line.includes(':'));
  return new Map(pairs.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}
