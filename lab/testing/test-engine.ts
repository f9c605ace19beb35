/**
 * The engine of the tests with containers: it and every image, or else they skip, visibly; with EDGESYNC_REQUIRE_DOCKER
 * set that is an error instead.
 */
import { fileURLToPath } from 'node:url';
import type { ComposeFile } from '../topology/compose-file.ts';
import { readTopology, type Topology } from '../topology/topology.ts';
import { Engine } from '../worlds/docker/engine.ts';
import { fetchImages, missingImages, wantedImages } from '../worlds/docker/images.ts';

const COMPOSE = fileURLToPath(new URL('../../compose.yaml', import.meta.url));

export interface TestEngine {
  readonly engine: Engine;
  readonly topology: Topology;
}

/** What is built of this checkout is built where `isBuilt`, else it is not wanted; nothing is pulled. */
export async function readyEngine({ isBuilt }: { readonly isBuilt: boolean }): Promise<TestEngine | undefined> {
  const topology = await readTopology({ file: COMPOSE, environment: process.env });
  const engine = await engineWith(topology.compose, isBuilt);
  if (typeof engine !== 'string') return { engine, topology };
  if (process.env['EDGESYNC_REQUIRE_DOCKER']) throw new Error(`EDGESYNC_REQUIRE_DOCKER is set, but ${engine}`);
  process.stderr.write(`tests with containers are skipped: ${engine}\n`);
  return undefined;
}

/** Or why there is none. */
async function engineWith(compose: ComposeFile, isBuilt: boolean): Promise<Engine | string> {
  const engine = await Engine.connect(process.env).catch(messageOf);
  if (typeof engine === 'string') return engine;
  const missing = await missingImages(engine, wantedImages(compose));
  const pulled = missing.filter(({ build }) => build === undefined);
  if (pulled.length > 0) return `images are not here: ${pulled.map(({ name }) => name).join(', ')}`;
  if (!isBuilt) return engine;
  return fetchImages(engine, missing, () => {}).then(() => engine, messageOf);
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
