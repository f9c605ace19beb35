/** What a fault takes, in words: for lists, tables and errors. */
import { keysAt } from '../input/problems.ts';
import { NODE_KINDS } from '../system/target.ts';
import type { Fault } from './fault.ts';

/** `latency*, jitter`; an asterisk marks what must be given. */
export function parametersInWords({ parameters }: Fault): string {
  return keysAt(parameters, [])
    .map(({ name, required }) => `${name}${required ? '*' : ''}`)
    .join(', ');
}

/** `link`, `any node`, `redis:<region>`. */
export function targetsInWords({ targets }: Fault): string {
  const nodes = NODE_KINDS.every((kind) => targets.includes(kind)) ? ['any node'] : undefined;
  const words = targets.filter((kind) => nodes === undefined || kind === 'link').map((kind) => WORDS[kind] ?? kind);
  return [...words, ...(nodes ?? [])].join(', ');
}

const WORDS: Readonly<Record<string, string>> = { link: 'link', edge: 'edge:<region>', redis: 'redis:<region>' };
