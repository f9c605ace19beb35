/**
 * What protects an origin from its edges, and its edges from an origin: how it is called in the environment of each
 * edge, and what a scenario asks for.
 */
import type { EntryBounds } from '../system/edges/edges.ts';
import type { Environment } from './compose-file.ts';

const BREAKER = 'CIRCUIT_BREAKER';
const WARM_KEYS = 'WARM_KEYS';
const WARM_CONCURRENCY = 'WARM_CONCURRENCY';
const NAMES = [BREAKER, WARM_KEYS, WARM_CONCURRENCY] as const;

/** Of every edge. What is left out stays as the environment says. */
export interface ProtectionOverrides {
  readonly breaker?: boolean | undefined;
  /** How many contents are fetched before they are read, and how many at a time. */
  readonly warming?: { readonly keys: number; readonly concurrency?: number | undefined } | undefined;
}

/** The variables that say it. */
function variablesOf({ breaker, warming }: ProtectionOverrides): Environment {
  return {
    ...(breaker === undefined ? {} : { [BREAKER]: breaker ? 'on' : 'off' }),
    ...(warming === undefined ? {} : { [WARM_KEYS]: String(warming.keys) }),
    ...(warming?.concurrency === undefined ? {} : { [WARM_CONCURRENCY]: String(warming.concurrency) }),
  };
}

export function withProtectionSettings(environment: Environment, overrides: ProtectionOverrides): Environment {
  return { ...environment, ...variablesOf(overrides) };
}

/** What it changes of how an edge is judged. */
export function protectionOf({ [BREAKER]: breaker, [WARM_KEYS]: keys = '' }: Environment): Pick<EntryBounds, 'hasBreaker' | 'warmKeys'> {
  const warmKeys = Number(keys);
  return { ...(breaker === 'on' ? { hasBreaker: true } : {}), ...(warmKeys > 0 ? { warmKeys } : {}) };
}

/**
 * What is asked for and an edge was made without, as its environment would say it. What it was made with and nobody
 * asks for does no harm: it is judged by what it was made with.
 */
export function missingProtection(asked: Environment, made: ReadonlyMap<string, string>): readonly string[] {
  const isOn = { [BREAKER]: asked[BREAKER] === 'on', [WARM_KEYS]: isWarming(asked), [WARM_CONCURRENCY]: isWarming(asked) };
  return NAMES.filter((name) => isOn[name] && asked[name] !== undefined && asked[name] !== made.get(name)).map(
    (name) => `${name}=${asked[name]}`,
  );
}

function isWarming({ [WARM_KEYS]: keys }: Environment): boolean {
  return Number(keys ?? 0) > 0;
}
