/**
 * Secrets of a live target. Its file names variables of the environment, such as `Bearer <env:CDN_TOKEN>`; the values
 * are put in as a request is sent, and stand nowhere else: not in a witness, a report, a line or an error.
 */
import { InvalidInput } from '../errors.ts';

/** Not a place such as `<id>`, which everybody fills. */
const SECRET = /<env:([^<>]*)>/g;
const NAME = /^[A-Z_][A-Z0-9_]*$/;
const VALUE = /^[\x20-\x7e]+$/;
/** Headers, and keys of JSON, that are made to hold secrets. */
const SECRET_NAME = /authorization|cookie|token|secret|passw|signature|credential|api[-_]?key|auth[-_]?key|access[-_]?key|^fastly-key$/i;

const EXPECTED_NAME = 'expected <env:NAME>: a secret belongs in a variable of the environment, never in a file';

type Headers = Readonly<Record<string, string>>;

/** What is wrong with the headers of a live target, by their names, in sentences without their values. */
export function secretProblems(headers: Headers): readonly { readonly name: string; readonly message: string }[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const named = namesIn(value);
    if (named.some((one) => !NAME.test(one))) return [{ name, message: 'expected <env:NAME>, the name of a variable in capitals' }];
    if (named.length > 0 || !SECRET_NAME.test(name)) return [];
    return [{ name, message: EXPECTED_NAME }];
  });
}

export function namesIn(text: string): readonly string[] {
  return [...text.matchAll(SECRET)].map(([, name = '']) => name);
}

/**
 * The same of what JSON says: a text, or a number, anywhere below a name that is made for secrets. Paths begin at the
 * body.
 */
export function secretProblemsOfBody(
  body: unknown,
  at: readonly PropertyKey[] = [],
): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  const name = at.find((step) => typeof step === 'string' && SECRET_NAME.test(step)) ?? '';
  if (typeof body === 'number' && name !== '') return [{ path: at, message: EXPECTED_NAME }];
  if (typeof body === 'string') return secretProblems({ [String(name)]: body }).map(({ message }) => ({ path: at, message }));
  if (typeof body !== 'object' || body === null) return [];
  const isList = Array.isArray(body);
  const isNamed = Object.keys(body).some((key) => namesIn(key).length > 0);
  return [
    ...(isNamed ? [{ path: at, message: 'expected <env:NAME> in a text, got one in a key' }] : []),
    ...Object.entries(body).flatMap(([key, inner]) => secretProblemsOfBody(inner, [...at, isList ? Number(key) : key])),
  ];
}

export type Secrets = ReadonlyMap<string, string>;

/**
 * Of all variables that the texts name. `target`: for the message. Throws InvalidInput for one that is missing or
 * cannot be sent.
 */
export function readSecrets(target: string, texts: readonly string[], variables: Readonly<Record<string, string | undefined>>): Secrets {
  const names = new Set(texts.flatMap(namesIn));
  return new Map(
    [...names].map((name) => {
      const value = variables[name] ?? '';
      if (value === '')
        throw new InvalidInput(`${target}: expected ${name} in the environment, got nothing: the target file names this variable`);
      if (!VALUE.test(value)) throw new InvalidInput(`${target}: expected the value of a header in ${name}, in ASCII and on one line`);
      return [name, value];
    }),
  );
}

/** In JSON. */
export function withSecretsIn(body: string, secrets: Secrets): string {
  return body.replace(SECRET, (_, named: string) => JSON.stringify(secrets.get(named) ?? '').slice(1, -1));
}

export function withSecrets(headers: Headers, secrets: Secrets): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace(SECRET, (_, named: string) => secrets.get(named) ?? '')]),
  );
}
