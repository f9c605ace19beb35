/**
 * What a fault is aimed at: a node (`origin`, `redis:eu-west`) or a link (`edge:eu-west<->kafka`, one way with `->`).
 *
 * Of a region that has several edges each but the first has a number: `edge:eu-west/2`. In place of a region may stand
 * `*` (all), `one` or `majority` (drawn from the seed); `resolveTarget` turns those into concrete targets. A link is
 * named by its two ends in either order; it is one of the kinds that exist (`parts.ts`).
 */
import { createRandom, type Random } from '../../services/runtime/random.ts';
import { InvalidInput } from '../errors.ts';
import { didYouMean } from '../input/nearest.ts';
import {
  type Direction,
  kindOf,
  type Link,
  type LinkKind,
  linkKindOf,
  MEMBER_MARK,
  MEMBERS_MAX,
  memberName,
  memberOf,
  NODE_KINDS,
  NODES,
  type NodeKind,
  type NodeName,
  nodeName,
  targetLinks,
} from './parts.ts';

export type TargetKind = 'link' | NodeKind;

export type ConcreteTarget =
  | { readonly kind: NodeKind; readonly text: string; readonly node: NodeName; readonly region: string | undefined }
  | {
      readonly kind: 'link';
      readonly text: string;
      readonly link: Link;
      readonly direction: Direction;
      /** The region of its edge; undefined for a link of the origin. */
      readonly region: string | undefined;
    };

export const REGION_WORDS = ['*', 'one', 'majority'] as const;

interface ParsedNode {
  readonly kind: NodeKind;
  /** A region or a word in place of one. */
  readonly region: string | undefined;
  /** Of an edge which one of its region. */
  readonly member: number;
}

interface ParsedLink {
  readonly left: ParsedNode;
  readonly right: ParsedNode;
  readonly isTwoWay: boolean;
}

function parseNode(text: string): ParsedNode {
  const [word = '', place, ...more] = text.trim().split(':');
  const [region, number = '1', ...rest] = place?.split(MEMBER_MARK) ?? [];
  const member = Number(number);
  const kind = NODE_KINDS.find((known) => known === word);
  if (kind === undefined)
    throw new InvalidInput(`expected a node (${NODE_KINDS.join(', ')}), got ${JSON.stringify(word)}${didYouMean(word, NODE_KINDS)}`);
  const { isRegional } = NODES[kind];
  if (isRegional !== (region !== undefined) || more.length > 0 || region === '')
    throw new InvalidInput(
      isRegional
        ? `expected ${kind}:<region>, got ${JSON.stringify(text)}`
        : `expected ${kind} without a region, got ${JSON.stringify(text)}`,
    );
  const isMember = Number.isInteger(member) && member >= 1 && member <= MEMBERS_MAX && rest.length === 0;
  if (!isMember || (place?.includes(MEMBER_MARK) && kind !== 'edge'))
    throw new InvalidInput(`expected ${kind}:<region>, or edge:<region>/<number> of several edges, got ${JSON.stringify(text)}`);
  return { kind, region, member };
}

function parse(text: string): ParsedNode | ParsedLink {
  const arrow = /<->|->|<-/.exec(text);
  if (arrow === null) return parseNode(text);
  const ends = [parseNode(text.slice(0, arrow.index)), parseNode(text.slice(arrow.index + arrow[0].length))] as const;
  const [left, right] = arrow[0] === '<-' ? [ends[1], ends[0]] : ends;
  if (!isCalling(left, right) && !isCalling(right, left))
    throw new InvalidInput(
      `expected a link of ${targetLinks()
        .map(({ caller, callee }) => `${caller}-${callee}`)
        .join(', ')}, got ${JSON.stringify(text)}`,
    );
  return { left, right, isTwoWay: arrow[0] === '<->' };
}

function isCalling(one: ParsedNode, other: ParsedNode): boolean {
  return targetLinks().some(({ caller, callee }) => one.kind === caller && other.kind === callee);
}

function concreteLink({ left, right, isTwoWay }: ParsedLink, region: string | undefined): ConcreteTarget {
  const at = (parsed: ParsedNode) => nameIn(parsed, region);
  const isCaller = isCalling(left, right);
  const [from, to] = [at(left), at(right)];
  return {
    kind: 'link',
    text: `${from}${isTwoWay ? '<->' : '->'}${to}`,
    link: isCaller ? { caller: from, callee: to } : { caller: to, callee: from },
    direction: isTwoWay ? 'both' : isCaller ? 'there' : 'back',
    region,
  };
}

function nameIn({ kind, member }: ParsedNode, region: string | undefined): NodeName {
  return kind === 'edge' ? memberName(region ?? '', member) : nodeName(kind, region);
}

interface Choice {
  readonly regions: readonly string[];
  /** Of those, the ones that may be drawn. */
  readonly free: readonly string[];
  readonly random: Random;
}

function drawRegions(word: string, { regions, free, random }: Choice): readonly string[] {
  if (word === '*') return regions;
  const left = [...free];
  const count = word === 'one' ? 1 : Math.floor(regions.length / 2) + 1;
  if (left.length < count)
    throw new InvalidInput(
      `expected ${count} of ${regions.join(', ')} to be free for it, got ${left.length}: the others are under a fault that excludes it`,
    );
  return Array.from({ length: count }, () => left.splice(random.below(left.length), 1)[0] ?? '').sort();
}

/** Throws InvalidInput unless the text names something that can exist. Regions are checked by `resolveTarget`. */
export function targetKindOf(text: string): TargetKind {
  const parsed = parse(text);
  return 'kind' in parsed ? parsed.kind : 'link';
}

/** undefined of a node. Throws InvalidInput as `targetKindOf` does. */
export function linkKindIn(text: string): LinkKind | undefined {
  const parsed = parse(text);
  if ('kind' in parsed) return undefined;
  const { left, right } = parsed;
  const [caller, callee] = isCalling(left, right) ? [left, right] : [right, left];
  return linkKindOf({ caller: nodeName(caller.kind), callee: nodeName(callee.kind) });
}

/**
 * The concrete targets of a text: several for `*` and `majority`; `one` and `majority` are drawn among those that are
 * free. Throws InvalidInput for what there is not, or where too few are free.
 */
export function resolveTarget(
  text: string,
  regions: readonly string[],
  random: Random,
  isFree: (target: ConcreteTarget) => boolean = () => true,
): readonly ConcreteTarget[] {
  const parsed = parse(text);
  const word = 'kind' in parsed ? parsed.region : (parsed.left.region ?? parsed.right.region);
  const isWord = REGION_WORDS.some((known) => known === word);
  if (word !== undefined && !isWord && !regions.includes(word))
    throw new InvalidInput(
      `expected a region (${regions.join(', ')}), got ${JSON.stringify(word)}${didYouMean(word, [...regions, ...REGION_WORDS])}`,
    );
  const at = (region: string | undefined): ConcreteTarget => {
    if (!('kind' in parsed)) return concreteLink(parsed, region);
    const node = nameIn(parsed, region);
    return { kind: parsed.kind, text: node, node, region };
  };
  if (word === undefined || !isWord) return [at(word)];
  const free = regions.filter((region) => isFree(at(region)));
  return drawRegions(word, { regions, free, random }).map(at);
}

/** Of a text that names one node or link, as records have it. Throws InvalidInput for any other. */
export function concreteTarget(text: string, regions: readonly string[]): ConcreteTarget {
  const [target, ...more] = resolveTarget(text, regions, createRandom(0));
  if (target === undefined || more.length > 0) throw new InvalidInput(`target: expected a node or a link, got ${text}`);
  return target;
}

/**
 * The link of a target that is one. Anything else here is a bug: the table of faults allows only what a fault takes.
 */
export function linkOf(target: ConcreteTarget): Extract<ConcreteTarget, { kind: 'link' }> {
  if (target.kind !== 'link') throw new TypeError(`expected a link, got ${target.text}`);
  return target;
}

export function nodeOf(target: ConcreteTarget): NodeName {
  if (target.kind === 'link') throw new TypeError(`expected a node, got ${target.text}`);
  return target.node;
}

/**
 * What is wrong with a target among these regions. Which of them `one` and `majority` become is of no matter here: any
 * seed does.
 */
export function targetProblem(text: string, regions: readonly string[]): string | undefined {
  try {
    resolveTarget(text, regions, createRandom(0));
    return undefined;
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
}

/**
 * What is wrong with the number of an edge in a target, where the regions have so many. undefined: nothing, or it names
 * none.
 */
export function memberProblem(text: string, edges: ReadonlyMap<string, number>): string | undefined {
  const parsed = parse(text);
  const edge = 'kind' in parsed ? parsed : [parsed.left, parsed.right].find(({ kind }) => kind === 'edge');
  if (edge?.region === undefined) return undefined;
  const { region, member } = edge;
  // Any region may be the one that is drawn.
  const meant = REGION_WORDS.some((known) => known === region) ? [...edges] : [[region, edges.get(region) ?? 1] as const];
  const few = meant.find(([, count]) => count < member);
  return few && `expected an edge of ${few[0]}, which has ${few[1] === 1 ? 'one' : few[1]}, got ${JSON.stringify(text)}`;
}

/**
 * Of a fault at an edge, or at a link that one opens: which edge of its region. undefined: it meets none of them alone.
 */
export function memberOfTarget(target: ConcreteTarget): number | undefined {
  if (target.kind === 'edge') return memberOf(target.node);
  return target.kind === 'link' && kindOf(target.link.caller) === 'edge' ? memberOf(target.link.caller) : undefined;
}
