/** What passes between the lab and the process that runs the embedded services. Both ends are of one version. */
import type { Environment } from '../../topology.ts';
import type { Direction, Impairment, Link, NodeName, NodeStatus, Probe, StartStep } from '../world.ts';

export interface HostedRegion {
  readonly region: string;
  readonly environment: Environment;
}

export type ControlRequest =
  | { readonly do: 'impair'; readonly id: string; readonly link: Link; readonly direction: Direction; readonly impairment: Impairment }
  | { readonly do: 'repair'; readonly id: string }
  | { readonly do: 'isolate'; readonly id: string; readonly edge: NodeName }
  | { readonly do: 'reset'; readonly link: Link }
  | { readonly do: 'probe'; readonly link: Link }
  | { readonly do: 'inspect'; readonly node: NodeName }
  | { readonly do: 'pause' | 'resume' | 'kill' | 'start'; readonly node: NodeName };

/** How many calls a reset broke, what came of a probe, how a node is; nothing of the others. */
export type ControlAnswer = number | Probe | NodeStatus | undefined;

export type ToHost =
  | {
      readonly type: 'start';
      readonly originEnvironment: Environment;
      readonly regions: readonly HostedRegion[];
      readonly dumpFile: string;
    }
  | { readonly type: 'control'; readonly call: number; readonly request: ControlRequest }
  | { readonly type: 'stop' };

export type FromHost =
  | ({ readonly type: 'step' } & StartStep)
  | { readonly type: 'ready'; readonly originPort: number; readonly edgePorts: Readonly<Record<string, number>> }
  /** `badConfig`: the environment of a service is wrong; nothing is left running. */
  | { readonly type: 'failed'; readonly message: string; readonly badConfig: boolean }
  | { readonly type: 'controlled'; readonly call: number; readonly answer: ControlAnswer }
  | { readonly type: 'refused'; readonly call: number; readonly message: string };
