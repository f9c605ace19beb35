/** What can be measured on this machine, and the order of the table: a recipe stands below what it mends. */

import type { StartedTarget } from '../../../lab/targets/target.ts';
import { readPresets } from '../../../lab/targets/targets.ts';
import { findOwnHere, findPresetsHere, type OwnHere } from '../../../lab/worlds/peers/here.ts';
import { readVersion, TARGETS_FOLDER } from '../../program-files.ts';
import type { MeasureOptions, Subject } from './measure.ts';

export interface Subjects {
  readonly here: readonly Subject[];
  /** Named, or all of those that are not here: a sentence each. */
  readonly away: readonly string[];
}

const UNKNOWN = 'unknown';

/** All presets that have a file, each recipe below what it mends. */
export async function orderedPresets(): Promise<readonly StartedTarget[]> {
  const presets = await readPresets(TARGETS_FOLDER);
  const recipes = (name: string) => presets.filter(({ mends }) => mends === name);
  return presets.filter(({ mends }) => mends === undefined).flatMap((preset) => [preset, ...recipes(preset.name)]);
}

/** Of these names; none: of all. */
export async function findSubjects(names: readonly string[], variables: MeasureOptions['variables']): Promise<Subjects> {
  const [ours, presets] = await Promise.all([findOwnHere(variables), findPresetsHere(TARGETS_FOLDER, variables)]);
  const isAsked = (name: string) => names.length === 0 || names.includes(name);
  const order = (await orderedPresets()).map(({ name }) => name);
  const asked = order.flatMap((name) => presets.filter(({ target }) => target.name === name && isAsked(name)));
  const own = ours.filter(({ target }) => isAsked(target.name));
  return {
    here: [
      ...own.flatMap(ownSubject),
      ...asked.flatMap(({ target, here }) => (here.isHere ? [{ target, version: here.version ?? UNKNOWN }] : [])),
    ],
    away: [...own, ...asked].flatMap(({ target, here }) => (here.isHere ? [] : [`${target.name}: ${here.missing}`])),
  };
}

/** Its store is part of its version. */
function ownSubject({ target, here }: OwnHere): readonly Subject[] {
  if (!here.isHere) return [];
  const store = target.store === 'redis' ? `, Redis ${here.version ?? UNKNOWN}` : '';
  return [{ target, version: `${readVersion()}${store}` }];
}
