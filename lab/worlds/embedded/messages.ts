/** What passes between the lab and the process that runs the embedded services. Both ends are of one version. */

import type { Variables } from '../../topology/compose-file.ts';
import type { ControlAnswer, ControlRequest } from '../hosted/control.ts';
import type { StartOrder } from '../hosted/services.ts';
import type { StartStep, WorldStall } from '../world.ts';

export type ToHost =
  | {
      readonly type: 'start';
      readonly order: StartOrder;
      readonly dumpFile: string;
      /** The environment of programs of others. */
      readonly variables: Variables;
      /** A known bug to run with, by its name. */
      readonly mutant?: string | undefined;
    }
  | { readonly type: 'control'; readonly call: number; readonly request: ControlRequest }
  | { readonly type: 'stop' };

export type FromHost =
  | ({ readonly type: 'step' } & StartStep)
  | {
      readonly type: 'ready';
      readonly originPort: number;
      readonly edgePorts: Readonly<Record<string, number>>;
      readonly purgerPorts: Readonly<Record<string, number>>;
    }
  /** `badConfig`: the environment of a service is wrong; nothing is left running. */
  | { readonly type: 'failed'; readonly message: string; readonly badConfig: boolean }
  /** The process stood still; `endedAt` in ms since 1970. */
  | ({ readonly type: 'stall' } & WorldStall)
  /** Something of the world has ended by itself. */
  | { readonly type: 'lost'; readonly why: string }
  | { readonly type: 'controlled'; readonly call: number; readonly answer: ControlAnswer }
  | { readonly type: 'refused'; readonly call: number; readonly message: string };
