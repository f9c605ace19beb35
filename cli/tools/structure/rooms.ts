/**
 * The rooms of the sources and the arrows between them: which may import which. `biome-arrows.ts` makes the rules of
 * biome.json of this table, and `structure.test.ts` proves them.
 */

export interface Room {
  readonly folder: string;
  /** Why others may not import it; for whoever tries. */
  readonly closed: string;
  /** Rooms it imports, beside itself. */
  readonly imports: readonly RoomName[];
}

export type RoomName =
  | 'protocol'
  | 'runtime'
  | 'log'
  | 'origin'
  | 'edge'
  | 'upstream'
  | 'purger'
  | 'lab'
  | 'edges'
  | 'worlds'
  | 'mutants'
  | 'cli'
  | 'tools';

const LAB = ['lab', 'edges', 'worlds', 'mutants'] as const;

/** A room inside another comes after it. `lab` may use its worlds and mutants, not what they build on. */
export const ROOMS: Readonly<Record<RoomName, Room>> = {
  protocol: { folder: 'services/protocol', closed: 'The wire shapes are for everybody.', imports: [] },
  runtime: { folder: 'services/runtime', closed: 'The wire shapes do no I/O.', imports: ['protocol'] },
  log: {
    folder: 'services/log',
    closed: "Only origin, edge and the lab's worlds and mutants use the log.",
    imports: ['protocol', 'runtime'],
  },
  origin: {
    folder: 'services/origin',
    closed: "Only the lab's worlds and mutants build on the origin.",
    imports: ['protocol', 'runtime', 'log'],
  },
  edge: {
    folder: 'services/edge',
    closed: "Only the lab's worlds and mutants build on the edge.",
    imports: ['protocol', 'runtime', 'log'],
  },
  upstream: {
    folder: 'services/upstream',
    closed: "Only the lab's worlds build on the upstream.",
    imports: ['protocol', 'runtime'],
  },
  purger: {
    folder: 'services/purger',
    closed: "Only the lab's worlds build on the purger.",
    imports: ['protocol', 'runtime', 'log', 'edge'],
  },
  lab: { folder: 'lab', closed: 'Services know nothing of the lab.', imports: ['protocol', 'runtime', 'edges', 'worlds', 'mutants'] },
  edges: {
    folder: 'lab/system/edges',
    closed: 'A known bug is one of our own services, whatever cache is under test.',
    imports: ['protocol', 'runtime', 'lab'],
  },
  worlds: {
    folder: 'lab/worlds',
    closed: 'Services know nothing of the lab.',
    imports: ['protocol', 'runtime', 'log', 'origin', 'edge', 'upstream', 'purger', 'lab', 'edges', 'mutants'],
  },
  mutants: {
    folder: 'lab/mutants',
    closed: 'Services know nothing of the lab.',
    imports: ['protocol', 'runtime', 'log', 'origin', 'edge', 'lab', 'worlds'],
  },
  cli: { folder: 'cli', closed: 'Nothing imports cli.', imports: ['protocol', 'runtime', ...LAB] },
  tools: { folder: 'cli/tools', closed: 'Nothing imports the tools.', imports: ['protocol', 'runtime', ...LAB, 'cli'] },
};

export const ROOM_NAMES = Object.keys(ROOMS) as readonly RoomName[];

/** What tests are made with stands in folders of this name. */
export const KITS = 'testing';
export const KITS_CLOSED = 'Only tests and tools import a kit.';

/** Tests, kits and tools may import kits; everything else is production. */
export const NO_PRODUCTION = ['**/*.test.ts', '**/*.test.tsx', `**/${KITS}/**`, 'cli/tools/**'] as const;

/** `from` may not import `to`. */
export function isForbidden(from: RoomName, to: RoomName): boolean {
  return from !== to && !ROOMS[from].imports.includes(to);
}

/** The innermost room that holds the file. */
export function roomOf(file: string): RoomName | undefined {
  return ROOM_NAMES.filter((name) => file.startsWith(`${ROOMS[name].folder}/`)).sort(
    (left, right) => ROOMS[right].folder.length - ROOMS[left].folder.length,
  )[0];
}
