/** What the journal says of the settings of one region. */
import type { EdgeConfig, EdgeConfigChange } from '../../services/protocol/edge-api.ts';
import type { JournalEntry, Undo } from '../journal/journal.ts';
import { describeLayers, over, type SettingsLayer } from './setting-layers.ts';

type SettingsUndo = Extract<Undo, { do: 'configure' }> & { readonly change: EdgeConfig; readonly layers: readonly SettingsOfLayer[] };

interface SettingsOfLayer {
  readonly layer: SettingsLayer;
  readonly change: EdgeConfigChange;
}

export interface LayeredSettings {
  readonly region: string;
  /** What its edge would have without any layer. */
  readonly found: EdgeConfig;
  readonly layers: ReadonlyMap<SettingsLayer, EdgeConfigChange>;
}

export function entryIdOf(region: string): string {
  return `settings-${region}`;
}

/** Leads back to what the edge would have without this lab: what was found, and what a person has set. */
export function undoOf({ region, found, layers }: LayeredSettings): SettingsUndo {
  const ofLab = [...layers].filter(([layer]) => layer !== 'person').map(([layer, change]) => ({ layer, change }));
  return { do: 'configure', region, change: over(found, layers.get('person') ?? {}), layers: ofLab };
}

/** `planned`: layers that are not in force yet. */
export function toEntry(undo: SettingsUndo, planned: Iterable<SettingsLayer>): JournalEntry {
  const says = `edge:${undo.region} is ${describeLayers([...undo.layers.map(({ layer }) => layer), ...planned])}`;
  return { id: entryIdOf(undo.region), says, undo };
}

/**
 * What an entry leads back to, and the layers that were in force when it was written. Nothing of no entry, and of one
 * that undoes something else.
 */
export function readUndo(entry: JournalEntry | undefined): Pick<LayeredSettings, 'layers'> & { readonly change: EdgeConfigChange } {
  const undo = entry?.undo.do === 'configure' ? entry.undo : undefined;
  return { change: undo?.change ?? {}, layers: new Map(undo?.layers?.map(({ layer, change }) => [layer, change])) };
}
