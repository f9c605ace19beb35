/**
 * The process of a cache that is a library: `worker NAME PORT UPSTREAM [PACKAGE]`. PACKAGE is the folder of the user's
 * npm package. It ends with the signal that its group gets.
 */
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { serveWorker } from './server.ts';
import { WORKERS } from './workers.ts';

const [name = '', port = '', upstream = '', folder] = process.argv.slice(2);

/** Of a package with a scope both words are its name. */
function nameOf(place: string): string {
  const scope = basename(dirname(place));
  return scope.startsWith('@') ? `${scope}/${basename(place)}` : basename(place);
}

/** As its package says for `require`. */
function library(): unknown {
  if (folder === undefined) throw new Error('expected the folder of an npm package, got none: start.package of the target file');
  return createRequire(join(folder, 'package.json'))(nameOf(folder));
}

const open = WORKERS[name];
if (open === undefined) throw new Error(`expected a cache that the worker knows (${Object.keys(WORKERS).join(', ')}), got ${name}`);
await serveWorker(await open({ upstream, library }), Number(port));
