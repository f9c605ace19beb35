/** What a fault takes, in words: for lists, tables and errors. */
import { keysAt } from '../input/problems.ts';
import { NODE_KINDS, NODES } from '../system/parts.ts';
import type { TargetKind } from '../system/target.ts';
import type { Fault } from './fault.ts';

/** `latency*, jitter`; an asterisk marks what must be given. */
export function parametersInWords({ parameters }: Fault): string {
  return keysAt(parameters, [])
    .map(({ name, required }) => `${name}${required ? '*' : ''}`)
    .join(', ');
}

/** `link`, `any node`, `redis:<region>`. */
export function targetsInWords({ targets, links }: Fault): string {
  const nodes = NODE_KINDS.every((kind) => targets.includes(kind)) ? ['any node'] : undefined;
  const words = targets
    .filter((kind) => nodes === undefined || kind === 'link')
    .map((kind) => (kind === 'link' && links !== undefined ? `link ${links.join(' or ')}` : inWords(kind)));
  return [...words, ...(nodes ?? [])].join(', ');
}

function inWords(kind: TargetKind): string {
  return kind !== 'link' && NODES[kind].isRegional ? `${kind}:<region>` : kind;
}
