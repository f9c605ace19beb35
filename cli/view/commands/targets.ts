/** What a fault of the table can be aimed at in this world, the selected region's first; and what its parameters are at first. */
import type { Fault } from '../../../lab/faults/fault.ts';
import { FAULTS } from '../../../lab/faults/faults.ts';
import { keysAt } from '../../../lab/input/problems.ts';
import { cacheOf, edgeOf, kafkaLinkOf, originLinkOf } from '../state/links.ts';
import type { ViewState } from '../state/state.ts';

const LINKS_OF_ORIGIN = ['origin<->kafka', 'origin<->postgres'] as const;
const NODES = ['origin', 'kafka', 'postgres'] as const;

/** By parameter. One that is not here begins empty. */
export const PARAMETER_DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['latency', '200ms'],
  ['jitter', '0ms'],
  ['rate', '64'],
  ['delay', '2s'],
  ['strategy', 'eager'],
]);

const PARAMETER_CHOICES: ReadonlyMap<string, readonly string[]> = new Map([['strategy', ['eager', 'lazy']]]);

export interface ParameterView {
  readonly name: string;
  readonly required: boolean;
  readonly value: string;
  readonly choices: readonly string[] | undefined;
}

/** Those that can be injected in this world. */
export function faultsHere({ backend }: Pick<ViewState, 'backend'>): readonly Fault[] {
  return [...FAULTS.values()].filter(({ backends }) => backend === undefined || backends.includes(backend));
}

export function targetsOf({ targets }: Fault, { regions, selected }: Pick<ViewState, 'regions' | 'selected'>): readonly string[] {
  const names = regions.map(({ region }) => region);
  const first = names[selected];
  const inOrder = first === undefined ? names : [first, ...names.filter((name) => name !== first)];
  const regional = inOrder.flatMap((region) => [
    ...(targets.includes('link') ? [kafkaLinkOf(region), originLinkOf(region)] : []),
    ...(targets.includes('edge') ? [edgeOf(region)] : []),
    ...(targets.includes('redis') ? [cacheOf(region)] : []),
  ]);
  return [...regional, ...(targets.includes('link') ? LINKS_OF_ORIGIN : []), ...NODES.filter((node) => targets.includes(node))];
}

export function parametersOf({ parameters }: Fault): readonly ParameterView[] {
  return keysAt(parameters, []).map(({ name, required }) => ({
    name,
    required,
    value: PARAMETER_DEFAULTS.get(name) ?? '',
    choices: PARAMETER_CHOICES.get(name),
  }));
}
