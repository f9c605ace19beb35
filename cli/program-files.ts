/** Files that come with the program: beside the bundle, or in the checkout. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const isBundled = !import.meta.url.endsWith('.ts');

function locate(inBundle: string, inCheckout: string): string {
  return fileURLToPath(new URL(isBundled ? inBundle : inCheckout, import.meta.url));
}

export const COMPOSE_FILE = locate('./compose.yaml', '../compose.yaml');

export const BUILT_IN_SCENARIOS: Readonly<Record<string, string>> = {
  baseline: locate('./baseline.yaml', '../lab/scenarios/baseline.yaml'),
};

export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}
