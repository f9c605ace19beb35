/**
 * What the machine has of what a docker world needs: for `doctor`, and for which world is the default. Starts nothing.
 */

import type { DockerFindings } from '../../doctor.ts';
import { WorldFailed } from '../../errors.ts';
import type { ComposeFile, Variables } from '../../topology/compose-file.ts';
import { memoryProblem } from './cluster.ts';
import { Engine } from './engine.ts';
import { shownAddress } from './engine-address.ts';
import { wantedImages } from './images.ts';

export interface Examined {
  readonly compose: ComposeFile;
  readonly project: string;
}

export async function examineDocker({ compose, project }: Examined, variables: Variables): Promise<DockerFindings> {
  try {
    const engine = await Engine.connect(variables);
    const { version, apiVersion, memoryBytes } = await engine.facts();
    const images = await Promise.all(
      wantedImages(compose).map(async ({ name, build }) => {
        const found = await engine.image(name);
        return { name, isHere: found !== undefined, isBuilt: build !== undefined, standIn: found?.standIn };
      }),
    );
    const ownPorts = (await engine.containers(project)).flatMap(({ ports }) => [...ports.values()]);
    const called = `Docker ${version} at ${shownAddress(engine.address)}`;
    return { ownPorts, engine: called, apiVersion, memoryProblem: memoryProblem(memoryBytes), images };
  } catch (error) {
    if (!(error instanceof WorldFailed)) throw error;
    return { problem: error.message };
  }
}
