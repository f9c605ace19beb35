/** The table of screens. A new one is a file, a shape in `screen-state.ts` and a line here. */
import type { ScreenName, ScreenOf, ScreenState } from '../state/screen-state.ts';
import { catalogue } from './catalogue.ts';
import { command } from './command.ts';
import { confirm } from './confirm.ts';
import { events } from './events.ts';
import { faultMenu } from './fault-menu.ts';
import { filter } from './filter.ts';
import { help } from './help.ts';
import { mystery } from './mystery.ts';
import { overview } from './overview.ts';
import { race } from './race.ts';
import { races } from './races.ts';
import { run } from './run.ts';
import type { Screen } from './screen.ts';
import { tour } from './tour.ts';
import { trace } from './trace.ts';
import { zoom } from './zoom.ts';

const SCREENS: { readonly [Name in ScreenName]: Screen<Name> } = {
  ...{ overview, zoom, trace, events, mystery, menu: faultMenu, catalogue, run, races, race, tour, command, filter, confirm, help },
};

/** A screen is drawn and asked only with what it remembers itself, which is what makes the cast true. */
export type AnyScreen = Screen<ScreenName> & { readonly name: ScreenName };

export function screenOf<Name extends ScreenName>({ screen }: ScreenOf<Name> | ScreenState): AnyScreen {
  return SCREENS[screen] as unknown as AnyScreen;
}

export const ALL_SCREENS: readonly AnyScreen[] = Object.values(SCREENS) as unknown as readonly AnyScreen[];
