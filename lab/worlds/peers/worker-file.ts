/** The program of caches that are libraries: beside the bundle, or in the checkout. */
import { fileURLToPath } from 'node:url';

const isBundled = !import.meta.url.endsWith('.ts');

export const WORKER_FILE = fileURLToPath(new URL(isBundled ? './peer-worker.js' : './worker/main.ts', import.meta.url));
