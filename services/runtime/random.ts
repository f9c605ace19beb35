/** Chance, as an argument: the only file that draws from the system. A seeded source gives the same draws for ever. */
import { randomInt, randomUUID } from 'node:crypto';

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  below(bound: number): number;
  /** A version 4 UUID. */
  uuid(): string;
  /** An independent sub-stream: new draws in one leave the others as they were. */
  fork(name: string): Random;
}

const UINT32 = 2 ** 32;

/** FNV-1a over UTF-16 code units; mixes a stream's name into its seed. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** splitmix32: 32 bits of state, enough for plans of a few million draws. */
function splitmix32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
}

export function createRandom(seed: number): Random {
  const draw = splitmix32(seed);
  const hex = (digits: number) => (draw() % 16 ** digits).toString(16).padStart(digits, '0');
  return {
    next: () => draw() / UINT32,
    below: (bound) => Math.floor((draw() / UINT32) * bound),
    uuid: () => `${hex(4)}${hex(4)}-${hex(4)}-4${hex(3)}-${(8 + (draw() % 4)).toString(16)}${hex(3)}-${hex(4)}${hex(4)}${hex(4)}`,
    fork: (name) => createRandom((seed ^ hashName(name)) >>> 0),
  };
}

export const systemRandom: Random = {
  next: () => randomInt(UINT32) / UINT32,
  below: (bound) => randomInt(bound),
  uuid: () => randomUUID(),
  fork: () => systemRandom,
};

/** A seed for a run that was given none. */
export function drawSeed(): number {
  return randomInt(1_000_000);
}

/** Draws one of them. Throws TypeError where there is none. */
export function pick<T>(random: Random, choices: readonly T[]): T {
  const picked = choices[random.below(choices.length)];
  if (picked === undefined) throw new TypeError('expected something to choose from, got nothing');
  return picked;
}
