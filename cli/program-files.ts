/** Files that come with the program: beside the bundle, or in the checkout. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const isBundled = !import.meta.url.endsWith('.ts');

function locate(inBundle: string, inCheckout: string): string {
  return fileURLToPath(new URL(isBundled ? inBundle : inCheckout, import.meta.url));
}

/** At the root of checkout and package alike: paths in it, such as the build context of the services, start there. */
export const COMPOSE_FILE = locate('../compose.yaml', '../compose.yaml');

const SCENARIOS_FOLDER = locate('./scenarios', '../lab/scenarios');
/** The targets that come with the program. */
export const TARGETS_FOLDER = locate('./targets', '../lab/targets');

/** What a compose file of the user's is read with. */
export const PROGRAM_TOPOLOGY = { compose: COMPOSE_FILE, targets: TARGETS_FOLDER } as const;

const EXTENSION = '.yaml';

/** Name to file: every scenario of the folder, which the build copies whole. */
export const BUILT_IN_SCENARIOS: ReadonlyMap<string, string> = new Map(
  readdirSync(SCENARIOS_FOLDER)
    .filter((file) => file.endsWith(EXTENSION))
    .sort()
    .map((file) => [file.slice(0, -EXTENSION.length), join(SCENARIOS_FOLDER, file)]),
);

export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}
