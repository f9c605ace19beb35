/** `npm run docs`: writes the generated tables of README and docs anew, and says which pages changed. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generated, pagePaths, ROOT, readPage } from './pages.ts';

for (const path of await pagePaths()) {
  const [before, after] = [await readPage(path), await generated(path)];
  if (before === after) continue;
  await writeFile(join(ROOT, path), after);
  process.stdout.write(`${path}\n`);
}
