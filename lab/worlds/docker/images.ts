/**
 * The images of a cluster: what is here, and how what is missing gets here: pulled, or built from the folder that comes
 * with the program.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Clock, systemClock } from '../../../services/runtime/clock.ts';
import { WorldFailed } from '../../errors.ts';
import type { ComposeFile, Environment } from '../../topology/compose-file.ts';
import type { StartStep } from '../world.ts';
import { startedServices } from './container-spec.ts';
import type { Engine } from './engine.ts';
import { LABELS } from './labels.ts';

const PROGRESS_MS = 2_000;
const DOCKERFILE = 'Dockerfile';
const BUNDLE_LINE = new RegExp(`^LABEL ${LABELS.bundle}=(\\w+)$`, 'm');

export interface WantedImage {
  readonly name: string;
  /** undefined of one that is only pulled. */
  readonly build: Build | undefined;
}

interface Build {
  /** Absolute. */
  readonly folder: string;
  readonly args: Environment;
}

/** Each once, of the services without a profile and of those in the profiles that are on. */
export function wantedImages(compose: ComposeFile, profiles: readonly string[] = []): readonly WantedImage[] {
  const wanted = new Map<string, WantedImage>();
  for (const name of startedServices(compose, profiles)) {
    const service = compose.services[name];
    if (service === undefined) continue;
    const build = service.build && { folder: resolve(compose.folder, service.build.context), args: service.build.args };
    wanted.set(service.image, { name: service.image, build: build ?? wanted.get(service.image)?.build });
  }
  return [...wanted.values()];
}

/**
 * Not here, or built from another bundle than the one that comes with this program. One somebody else built is taken as
 * it is.
 */
export async function missingImages(engine: Engine, wanted: readonly WantedImage[]): Promise<readonly WantedImage[]> {
  const found = await Promise.all(
    wanted.map(async (one) => {
      const image = await engine.image(one.name);
      const bundle = one.build && (await bundleOf(one.build));
      const isStale = image?.bundle !== undefined && bundle !== undefined && image.bundle !== bundle;
      return image === undefined || isStale ? [one] : [];
    }),
  );
  return found.flat();
}

async function bundleOf({ folder }: Build): Promise<string | undefined> {
  const dockerfile = await readFile(join(folder, DOCKERFILE), 'utf8').catch(() => '');
  return BUNDLE_LINE.exec(dockerfile)?.[1];
}

/** One after the other: each fills the line to the registry by itself. */
export async function fetchImages(engine: Engine, missing: readonly WantedImage[], onStep: (step: StartStep) => void): Promise<void> {
  for (const image of missing) {
    const isBuilt = image.build !== undefined;
    const say = sparingly(systemClock, (line, elapsedMs) =>
      onStep({ step: `${isBuilt ? 'building' : 'pulling'} ${image.name}: ${line}`, elapsedMs }),
    );
    const begunMs = systemClock.monotonicMs();
    if (image.build === undefined) await pull(engine, image.name, say);
    else await build(engine, image.name, image.build, say);
    onStep({ step: `image ${image.name} ${isBuilt ? 'built' : 'pulled'}`, elapsedMs: Math.round(systemClock.monotonicMs() - begunMs) });
  }
}

async function pull(engine: Engine, name: string, onProgress: (line: string) => void): Promise<void> {
  try {
    await engine.pull(name, onProgress);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WorldFailed(
      `the image ${name} is not here and cannot be pulled (${why}). Connect to a registry, load it (docker load), name another by its ` +
        'variable in compose.yaml, or use --backend embedded',
      { cause: error },
    );
  }
}

async function build(engine: Engine, tag: string, { folder, args }: Build, onProgress: (line: string) => void): Promise<void> {
  if (!existsSync(join(folder, DOCKERFILE)))
    throw new WorldFailed(`the image ${tag} is not here, and neither is ${join(folder, DOCKERFILE)} to build it from. Run: npm run build`);
  try {
    await engine.build({ tag, folder, args, onProgress });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WorldFailed(
      `the image ${tag} cannot be built (${why}). Its base must be here or a registry be reached; or use --backend embedded`,
      {
        cause: error,
      },
    );
  }
}

/** At most one line every two seconds. */
function sparingly(clock: Clock, say: (line: string, elapsedMs: number) => void): (line: string) => void {
  const begunMs = clock.monotonicMs();
  let lastMs = begunMs;
  return (line) => {
    const nowMs = clock.monotonicMs();
    if (nowMs - lastMs < PROGRESS_MS) return;
    lastMs = nowMs;
    say(line, Math.round(nowMs - begunMs));
  };
}
