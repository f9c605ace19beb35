/** `npm run arrows`: writes the arrows of `rooms.ts` into biome.json; `biome check --write` then lays them out. */
import { readFile, writeFile } from 'node:fs/promises';
import { withArrows } from './biome-arrows.ts';

const FILE = new URL('../../../biome.json', import.meta.url);

await writeFile(FILE, `${JSON.stringify(withArrows(JSON.parse(await readFile(FILE, 'utf8'))), undefined, 2)}\n`);
