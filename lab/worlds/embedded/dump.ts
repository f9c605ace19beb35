/** Where the build puts an empty Postgres cluster for PGlite, so that a start loads it instead of making one. */
import { fileURLToPath } from 'node:url';

const NAME = 'pgdata.tar.gz';

/** In the bundle this file is in dist; in a checkout it is three folders below dist's parent. */
const isBundled = !import.meta.url.endsWith('.ts');

export const DUMP_FILE = fileURLToPath(new URL(isBundled ? `./${NAME}` : `../../../dist/${NAME}`, import.meta.url));
