/**
 * The build: bundles the program into `dist/`, with everything but PGlite inside, so that `npx` installs one package
 * and its one dependency. `bin.js` stays apart and old-fashioned: it must load on a Node too old for the rest. The
 * services are bundled once more, into `dist/service`, as the context of their image.
 */
import { createHash } from 'node:crypto';
import { appendFile, copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { noticesOf, packageFolders, readPackage } from './cli/tools/notices/notices.ts';
import { KITS } from './cli/tools/structure/rooms.ts';
import { DUMP_FILE } from './lab/worlds/embedded/dump.ts';
import { dumpEmptyCluster } from './services/origin/database/pglite.ts';

/** `node build.ts FOLDER` builds elsewhere. */
const FOLDER = process.argv[2] ?? 'dist';
const SERVICE_FOLDER = join(FOLDER, 'service');
const NODE_OLDEST = 'node22.19';
const NODE_OF_IMAGE = 'node24';
/** CommonJS packages inside an ES module still call `require`. */
const REQUIRE_BANNER = "import { createRequire as edgesyncRequire } from 'node:module'; const require = edgesyncRequire(import.meta.url);";

/** Its database, empty, is among the files. */
const UNBUNDLED = ['node_modules/@electric-sql/pglite'];

/** What dockerode loads for engines over SSH and for BuildKit, and the lab has no use for: 3 MB, and native code. */
const UNUSED = /^(ssh2|@grpc\/grpc-js|@grpc\/proto-loader|protobufjs)$/;
const withoutUnused: Plugin = {
  name: 'without-unused',
  setup(bundle) {
    bundle.onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }));
    bundle.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/**
 * zod as a namespace is bundled without what nobody uses of it: its translations, 350 KB, were read before the first
 * frame. `import { z }` says the same in the sources and keeps everything.
 */
const leanZod: Plugin = {
  name: 'lean-zod',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/](cli|lab|services)[\\/].*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace("import { z } from 'zod';", "import * as z from 'zod';"),
      loader: 'ts',
    }));
  },
};

const common = {
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  // Ink loads React's developer tools with DEV=true only; they are not installed.
  external: ['@electric-sql/pglite', 'react-devtools-core'],
  jsx: 'automatic',
  banner: { js: REQUIRE_BANNER },
  define: { 'process.env.NODE_ENV': '"production"' },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
  plugins: [withoutUnused, leanZod],
} satisfies BuildOptions;

const isForUsers = (file: string) => !file.endsWith('.ts') && basename(file) !== KITS;

await rm(FOLDER, { recursive: true, force: true });
await mkdir(SERVICE_FOLDER, { recursive: true });
const [program, services] = await Promise.all([
  build({
    ...common,
    entryPoints: {
      main: 'cli/main.ts',
      'analysis-worker': 'cli/commands/analysis-worker.ts',
      'embedded-host': 'lab/worlds/embedded/host.ts',
      'load-generator': 'lab/load/generator/worker.ts',
      'peer-worker': 'lab/worlds/peers/worker/main.ts',
      'sim-worker': 'lab/sim/worker.ts',
    },
    outdir: FOLDER,
    target: NODE_OLDEST,
  }),
  build({
    ...common,
    entryPoints: {
      origin: 'services/origin/main.ts',
      edge: 'services/edge/main.ts',
      purger: 'services/purger/main.ts',
      upstream: 'services/upstream/main.ts',
      health: 'services/runtime/health/main.ts',
    },
    outdir: SERVICE_FOLDER,
    target: NODE_OF_IMAGE,
  }),
  // Says that what is beside it are modules.
  writeFile(join(SERVICE_FOLDER, 'package.json'), '{ "type": "module" }\n'),
  copyFile('services/origin/schema.sql', join(SERVICE_FOLDER, 'schema.sql')),
  copyFile('services/Dockerfile', join(SERVICE_FOLDER, 'Dockerfile')),
  build({
    entryPoints: ['cli/bin.ts'],
    outfile: join(FOLDER, 'bin.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'es2020',
    banner: { js: '#!/usr/bin/env node' },
  }),
  copyFile('services/origin/schema.sql', join(FOLDER, 'schema.sql')),
  // Every built-in scenario and the schema they name; neither code nor what tests are made with.
  cp('lab/scenarios', join(FOLDER, 'scenarios'), { recursive: true, filter: isForUsers }),
  cp('lab/targets', join(FOLDER, 'targets'), { recursive: true, filter: isForUsers }),
  dumpEmptyCluster().then((dump) => writeFile(join(FOLDER, basename(DUMP_FILE)), dump)),
]);

const packages = [...packageFolders([program.metafile, services.metafile]), ...UNBUNDLED];
await writeFile(join(FOLDER, 'THIRD-PARTY-NOTICES.txt'), noticesOf(await Promise.all(packages.map(readPackage))));

// An image made of another bundle than this one can be told by its label, whoever built it.
const bundle = createHash('sha256');
for (const name of (await readdir(SERVICE_FOLDER)).sort()) bundle.update(name).update(await readFile(join(SERVICE_FOLDER, name)));
await appendFile(join(SERVICE_FOLDER, 'Dockerfile'), `LABEL edgesync-lab.bundle=${bundle.digest('hex')}\n`);
