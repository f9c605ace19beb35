/**
 * Where an own edge that is raced keeps its cache: in this process, or in a Redis of its own, whose process and folder
 * end with it.
 */
import type { CacheBounds, EdgeCache } from '../../../services/edge/cache/cache.ts';
import { MemoryCache, MemoryCacheServer } from '../../../services/edge/cache/memory.ts';
import { openCache } from '../../../services/edge/cache/open.ts';
import { silentLogger } from '../../../services/runtime/log.ts';
import { withReleasers } from '../../../services/runtime/releasers.ts';
import type { OwnTarget } from '../../targets/own-targets.ts';
import { Program, type ProgramOptions } from './program.ts';

export interface OwnStoreOptions extends Pick<ProgramOptions, 'variables' | 'clock' | 'random' | 'signal'> {
  readonly target: OwnTarget;
  /** Under which its keys are. */
  readonly region: string;
  readonly bounds: CacheBounds;
}

export interface OwnStore {
  readonly cache: EdgeCache;
  /** Why it serves no more, in words; undefined: it does. */
  ended(): string | undefined;
  close(): Promise<void>;
}

/** As compose.yaml has it, and smaller. */
const WORDS = ['--bind', '127.0.0.1', '--maxmemory', '64mb', '--maxmemory-policy', 'volatile-ttl', '--save', '', '--appendonly', 'no'];

/** Serves when it resolves. Throws WorldFailed. */
export async function openOwnStore({ target, bounds, ...options }: OwnStoreOptions): Promise<OwnStore> {
  if (target.start !== undefined) return openRedis(target.name, target.start.command, { bounds, ...options });
  const cache = new MemoryCache(new MemoryCacheServer({ ...options, ...bounds }));
  return { cache, ended: () => undefined, close: () => cache.close() };
}

function openRedis(
  name: string,
  command: readonly string[],
  { region, bounds, ...options }: Omit<OwnStoreOptions, 'target'>,
): Promise<OwnStore> {
  return withReleasers(async (releasers) => {
    const { clock } = options;
    let program: Program | undefined;
    let cache: EdgeCache | undefined;
    releasers.push(async () => program?.stop());
    releasers.push(async () => cache?.close());
    program = await Program.start({
      ...options,
      name,
      spec: ({ port }) => ({
        command: [...command, '--port', String(port), ...WORDS],
        files: {},
        folders: [],
        environment: {},
        owner: undefined,
      }),
      isUp: async (place) => {
        const url = place.replace('http:', 'redis:');
        cache ??= await openCache({ url, region, clock, logger: silentLogger, ...bounds });
        return cache.connected();
      },
    });
    if (cache === undefined) throw new Error(`expected a cache of ${name} once its store is up, got none`);
    const started = program;
    return { cache, ended: () => started.ended, close: () => releasers.release() };
  });
}
