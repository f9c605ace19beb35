/** What can be measured on this machine, and the order of the table: a recipe stands below what it mends. */

import type { StartedTarget } from '../../../lab/targets/target.ts';
import { OWN_TARGET, readPresets } from '../../../lab/targets/targets.ts';
import { findPresetsHere } from '../../../lab/worlds/peers/here.ts';
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
  const presets = await findPresetsHere(TARGETS_FOLDER, variables);
  const isAsked = (name: string) => names.length === 0 || names.includes(name);
  const order = (await orderedPresets()).map(({ name }) => name);
  const asked = order.flatMap((name) => presets.filter(({ target }) => target.name === name && isAsked(name)));
  const own: readonly Subject[] = isAsked(OWN_TARGET) ? [{ target: OWN_TARGET, version: readVersion() }] : [];
  return {
    here: [...own, ...asked.flatMap(({ target, here }) => (here.isHere ? [{ target, version: here.version ?? UNKNOWN }] : []))],
    away: asked.flatMap(({ target, here }) => (here.isHere ? [] : [`${target.name}: ${here.missing}`])),
  };
}
