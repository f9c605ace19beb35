/**
 * The table of worlds: what each is, and what it can do. How each starts stands in `starts.ts`, apart from here, so
 * that whoever only asks loads none of them. A new world is a folder, a row here and a row there.
 */
import { DAMAGES, type Mechanism } from '../system/mechanisms.ts';
import { WIRE_IMPAIRMENTS } from './wires/impairments.ts';

export interface WorldKind {
  readonly about: string;
  /**
   * `virtual`: its time is that of a clock which the run itself drives, and nothing in it is late but what is to be
   * judged.
   */
  readonly time: 'real' | 'virtual';
  /** Its services go on without the lab: they can be kept, attached to, and have profiles. */
  readonly outlivesLab: boolean;
  /** Its services are made of the lab's own code, which can have a known bug. */
  readonly takesMutants: boolean;
  /**
   * What says which caches of others stand in its regions: `--target`, or labels of compose.yaml; undefined: none can.
   */
  readonly targetsBy: 'option' | 'labels' | undefined;
  /** A scenario may choose some of the regions. */
  readonly takesSomeRegions: boolean;
  readonly can: readonly Mechanism[];
}

const NODES_AND_EDGES = ['isolate', 'pause', 'kill', 'configure', 'flush'] as const;

export const WORLDS = {
  docker: {
    about: 'containers of the services, links through a proxy',
    time: 'real',
    outlivesLab: true,
    takesMutants: false,
    targetsBy: 'labels',
    takesSomeRegions: false,
    can: [...NODES_AND_EDGES, 'cut', 'latency', 'bandwidth', 'reset', 'refuse-writes', 'evict'],
  },
  embedded: {
    about: 'the same services in one process, on their real ports',
    time: 'real',
    outlivesLab: false,
    takesMutants: true,
    targetsBy: 'option',
    takesSomeRegions: true,
    can: [...NODES_AND_EDGES, ...WIRE_IMPAIRMENTS, ...DAMAGES, 'reset'],
  },
  simulated: {
    about: 'the same services in virtual time',
    time: 'virtual',
    outlivesLab: false,
    takesMutants: true,
    targetsBy: undefined,
    takesSomeRegions: true,
    can: [...NODES_AND_EDGES, ...WIRE_IMPAIRMENTS, ...DAMAGES],
  },
} as const satisfies Readonly<Record<string, WorldKind>>;

export type Backend = keyof typeof WORLDS;
export const BACKENDS = Object.keys(WORLDS) as [Backend, ...Backend[]];

/** The world in virtual time, and the one that needs nothing but this program. */
export const SIMULATED = 'simulated' satisfies Backend;
export const EMBEDDED = 'embedded' satisfies Backend;

/** Those in real time. */
export type StartedBackend = { [Name in Backend]: (typeof WORLDS)[Name]['time'] extends 'real' ? Name : never }[Backend];

export const STARTED_BACKENDS = BACKENDS.filter(isStarted);

export function isStarted(backend: Backend): backend is StartedBackend {
  return worldKind(backend).time === 'real';
}

export function worldKind(backend: Backend): WorldKind {
  return WORLDS[backend];
}

/** Those of which that is true, in the order of the table. */
export function worldsWhere(holds: (kind: WorldKind) => boolean): readonly Backend[] {
  return BACKENDS.filter((backend) => holds(WORLDS[backend]));
}

/** The worlds that have every mechanism. */
export function worldsWith({ needs }: { readonly needs: readonly Mechanism[] }): readonly Backend[] {
  return worldsWhere(({ can }) => needs.every((mechanism) => can.includes(mechanism)));
}
