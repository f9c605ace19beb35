/** What passes between the lab and the process that runs the embedded services. Both ends are of one version. */
import type { Environment } from '../../topology.ts';
import type { StartStep } from '../world.ts';

export interface HostedRegion {
  readonly region: string;
  readonly environment: Environment;
}

export type ToHost =
  | {
      readonly type: 'start';
      readonly originEnvironment: Environment;
      readonly regions: readonly HostedRegion[];
      readonly dumpFile: string;
    }
  | { readonly type: 'stop' };

export type FromHost =
  | ({ readonly type: 'step' } & StartStep)
  | { readonly type: 'ready'; readonly originPort: number; readonly edgePorts: Readonly<Record<string, number>> }
  /** `badConfig`: the environment of a service is wrong; nothing is left running. */
  | { readonly type: 'failed'; readonly message: string; readonly badConfig: boolean };
