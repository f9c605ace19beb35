/** What protects an origin from its edges, in the environment of each edge: how it is called there, and what a scenario asks for. */
import type { EntryBounds } from '../system/edges/edges.ts';
import type { Environment } from './compose-file.ts';

const BREAKER = 'CIRCUIT_BREAKER';

/** Of every edge. What is left out stays as the environment says. */
export interface ProtectionOverrides {
  readonly breaker?: boolean | undefined;
}

export function withProtectionSettings(environment: Environment, { breaker }: ProtectionOverrides): Environment {
  return { ...environment, ...(breaker === undefined ? {} : { [BREAKER]: breaker ? 'on' : 'off' }) };
}

/** What it changes of how an edge is judged. */
export function protectionOf({ [BREAKER]: breaker }: Environment): Pick<EntryBounds, 'hasBreaker'> {
  return breaker === 'on' ? { hasBreaker: true } : {};
}

/** What is asked for and an edge was made without, as its environment would say it. What it was made with and nobody asks for does no harm. */
export function missingProtection(asked: Environment, made: ReadonlyMap<string, string>): readonly string[] {
  return asked[BREAKER] === 'on' && made.get(BREAKER) !== 'on' ? [`${BREAKER}=on`] : [];
}
