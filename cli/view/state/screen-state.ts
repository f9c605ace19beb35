/**
 * The screens and what each remembers. They lie on a stack: the overview at the bottom, Esc takes the top one off. What
 * a screen draws and which keys hold in it stands in its file under `screens/`, its place in the table of
 * `screens/screens.ts`.
 */
import type { LabCommand } from '../../../lab/live/protocol.ts';
import type { Settings } from './pending-settings.ts';
import type { Begun } from './watched.ts';

/** A text being typed. */
export interface Prompt {
  readonly text: string;
  /** What the text is completed to by the next Tab: a place in the candidates; undefined before the first. */
  readonly candidate: number | undefined;
  /** The text that candidates were looked up for. */
  readonly typed: string;
  /** Lines back in the history of commands; 0: the new one. */
  readonly back: number;
  /** What was wrong with it when it was entered. */
  readonly problem: string | undefined;
}

export const EMPTY_PROMPT: Prompt = { text: '', candidate: undefined, typed: '', back: 0, problem: undefined };

/** A field of the fault menu's form. `choices`: what may stand there; without, it is typed. */
export interface MenuField {
  readonly name: string;
  readonly value: string;
  readonly choices: readonly string[] | undefined;
  readonly required: boolean;
}

export interface FaultMenu {
  readonly screen: 'menu';
  /** Index into the table of faults. */
  readonly at: number;
  /** undefined: still choosing which fault. */
  readonly form: { readonly fields: readonly MenuField[]; readonly at: number; readonly problem: string | undefined } | undefined;
}

export interface Confirm {
  readonly screen: 'confirm';
  /** `Kill edge:us-east?` */
  readonly question: string;
  /** What comes of it, in one sentence. */
  readonly consequence: string;
  /** The word that does it. */
  readonly word: string;
  /** What is done then, each with its words. */
  readonly orders: readonly { readonly command: LabCommand; readonly echo: string }[];
  /** Asked while the screen showed the past: it goes back to now when it is done. */
  readonly isOfPast: boolean;
  /** The word that has the focus. */
  readonly isAccepted: boolean;
}

export interface RegionSettings extends Settings {
  readonly region: string;
}

export interface Tour {
  readonly screen: 'tour';
  /** Indices into the steps, and into the acts of the step; behind the last step: the end. */
  readonly step: number;
  readonly act: number;
  /** undefined: it waits for the key. */
  readonly begun: Begun | undefined;
  /** What was to be seen of the act, in sentences; undefined: not yet. */
  readonly seen: readonly string[] | undefined;
  /** The settings that the tour has changed as they were before; undefined: it has changed none yet. */
  readonly before: readonly RegionSettings[] | undefined;
}

/** Which race is chosen; each an index, of what there is to choose from then. */
export interface Races {
  readonly screen: 'races';
  readonly race: number;
  readonly cache: number;
  readonly way: number;
}

/** The second: the first that holds an answer back. */
export const RACES: Races = { screen: 'races', race: 1, cache: 0, way: 0 };

export type ScreenState =
  | { readonly screen: 'overview' }
  | { readonly screen: 'zoom' }
  | { readonly screen: 'help'; readonly scroll: number }
  | { readonly screen: 'trace' }
  | { readonly screen: 'mystery'; readonly scroll: number }
  | { readonly screen: 'events'; readonly scroll: number }
  | { readonly screen: 'command'; readonly prompt: Prompt }
  | { readonly screen: 'filter'; readonly prompt: Prompt }
  | { readonly screen: 'catalogue'; readonly at: number }
  | { readonly screen: 'run'; readonly scroll: number }
  | Races
  | { readonly screen: 'race'; readonly scroll: number }
  | Tour
  | FaultMenu
  | Confirm;

export type ScreenName = ScreenState['screen'];
export type ScreenOf<Name extends ScreenName> = Extract<ScreenState, { readonly screen: Name }>;

export const OVERVIEW: ScreenState = { screen: 'overview' };
/** More is a loop of keys nobody meant. */
export const SCREENS_MAX = 8;
