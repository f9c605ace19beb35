/** Compose's own interpolation, as far as the lab supports it: `${NAME}`, `${NAME:-default}`, and `$$` for a dollar. */
import { InvalidInput } from '../errors.ts';

/** What Compose takes from its process environment. */
export type Variables = Readonly<Record<string, string | undefined>>;

const PLACE = /\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** Throws InvalidInput for a variable that is not set and has no default. */
export function interpolate(value: string, variables: Variables): string {
  return value.replace(PLACE, (whole, name: string | undefined, fallback: string | undefined) => {
    if (name === undefined) return '$';
    const given = variables[name];
    if (given !== undefined && given !== '') return given;
    if (fallback === undefined && !whole.includes(':-')) throw new InvalidInput(`compose.yaml: \${${name}} is not set and has no default`);
    return fallback ?? '';
  });
}

/** Those that a text takes, in its order. */
export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(PLACE)].flatMap(([, name]) => name ?? []);
}
