/** The arrows of `rooms.ts` as rules of biome.json. */
import { isForbidden, KITS, KITS_CLOSED, NO_PRODUCTION, ROOM_NAMES, ROOMS, type RoomName } from './rooms.ts';

interface Pattern {
  readonly group: readonly string[];
  readonly message: string;
}

export interface Override {
  readonly includes: readonly string[];
  readonly linter: unknown;
}

/** Two for each room: its files, and those of them that are production. The last that matches a file counts. */
export function arrowOverrides(): readonly Override[] {
  return ROOM_NAMES.flatMap((room) => {
    const patterns = patternsOf(room);
    const files = filesOf(room);
    const kits = { group: [`**/${KITS}/**`], message: KITS_CLOSED };
    const notProduction = NO_PRODUCTION.map((files) => `!${files}`);
    const production = room === 'tools' ? [] : [override([...files, ...notProduction], [...patterns, kits])];
    return [...(patterns.length === 0 ? [] : [override(files, patterns)]), ...production];
  });
}

function override(includes: readonly string[], patterns: readonly Pattern[]): Override {
  return { includes, linter: { rules: { style: { noRestrictedImports: { level: 'error', options: { patterns } } } } } };
}

/** Without those of the rooms inside it. */
function filesOf(room: RoomName): readonly string[] {
  const { folder } = ROOMS[room];
  const inside = ROOM_NAMES.filter((other) => ROOMS[other].folder.startsWith(`${folder}/`));
  return [`${folder}/**`, ...inside.map((other) => `!${ROOMS[other].folder}/**`)];
}

/** A room whose outer room is forbidden, too, needs no pattern of its own. */
function patternsOf(room: RoomName): readonly Pattern[] {
  const forbidden = ROOM_NAMES.filter((other) => isForbidden(room, other));
  const needed = forbidden.filter((other) => !forbidden.some((outer) => ROOMS[other].folder.startsWith(`${ROOMS[outer].folder}/`)));
  return needed.map((other) => ({ group: groupOf(other), message: ROOMS[other].closed }));
}

/** As a path within the outer folder writes it, and as one from outside does. */
function groupOf(room: RoomName): readonly string[] {
  const { folder } = ROOMS[room];
  const name = folder.split('/').at(-1) ?? folder;
  return name === folder ? [`**/${name}/**`] : [`**/${name}/**`, `**/${folder}/**`];
}

/** biome.json with the arrows as they are in the table; everything else as it was. */
export function withArrows(biome: { readonly overrides: readonly Override[] }): object {
  const others = biome.overrides.filter(({ linter }) => !JSON.stringify(linter).includes('noRestrictedImports'));
  return { ...biome, overrides: [...arrowOverrides(), ...others] };
}
