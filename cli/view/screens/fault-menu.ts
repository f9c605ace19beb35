/**
 * The fault menu: every fault this world can have, then its target, parameters and time. Made of the table of faults.
 */
import type { Fault } from '../../../lab/faults/fault.ts';
import { type Form, formOf, openProblem, orderOf, withChoice, withField, withText } from '../commands/menu-form.ts';
import { faultsHere } from '../commands/targets.ts';
import { padTo, plain } from '../draw/format.ts';
import { fitLine, type Line, span } from '../draw/line.ts';
import { wrapped } from '../draw/wrap.ts';
import type { KeyBinding } from '../keys/binding.ts';
import { titleLine } from '../panels/chrome.ts';
import type { FaultMenu, MenuField } from '../state/screen-state.ts';
import { topOf, type ViewState } from '../state/state.ts';
import { filledTo, type Room, type Screen } from './screen.ts';

const NAME_COLUMNS = 20;
const FIELD_COLUMNS = 12;
const ABOUT_INDENT = 2 + NAME_COLUMNS;
const UNTIL_HEALED = 'until the heal';

interface Open {
  readonly menu: FaultMenu;
  readonly faults: readonly Fault[];
  readonly fault: Fault | undefined;
}

function openMenu(state: ViewState): Open | undefined {
  const menu = topOf(state);
  if (menu.screen !== 'menu') return undefined;
  const faults = faultsHere(state);
  return { menu, faults, fault: faults[menu.at] };
}

function on(
  inList: (open: Open, state: ViewState) => ReturnType<KeyBinding['act']>,
  inForm: (form: Form, open: Open, state: ViewState) => ReturnType<KeyBinding['act']>,
): KeyBinding['act'] {
  return (state) => {
    const open = openMenu(state);
    if (open === undefined) return undefined;
    const { form } = open.menu;
    return form === undefined ? inList(open, state) : inForm(form, open, state);
  };
}

const change = (menu: FaultMenu, form: Form | undefined) => ({ type: 'change', screen: { ...menu, form } }) as const;

function moved(by: number): KeyBinding['act'] {
  return on(
    ({ menu, faults }) => ({ type: 'change', screen: { ...menu, at: (menu.at + by + faults.length) % faults.length } }),
    (form, { menu }) => change(menu, withField(form, by)),
  );
}

const toForm = ({ menu, fault }: Open, state: ViewState) => (fault === undefined ? undefined : change(menu, formOf(fault, state)));

function chosen(by: number): KeyBinding['act'] {
  return on(
    (open, state) => (by > 0 ? toForm(open, state) : undefined),
    (form, { menu }) => change(menu, withChoice(form, by)),
  );
}

const enter = on(toForm, (form, { menu, fault }, state) => {
  if (fault === undefined) return undefined;
  const done = orderOf(fault, form, state);
  return 'problem' in done ? change(menu, { ...form, problem: done.problem }) : [{ type: 'back' }, ...done.actions];
});

const back = on(
  () => ({ type: 'back' }),
  (_form, { menu }) => change(menu, undefined),
);

function edited(edit: (text: string) => string): KeyBinding['act'] {
  return on(
    () => undefined,
    (form, { menu }) => change(menu, withText(form, edit)),
  );
}

export const faultMenu: Screen<'menu'> = {
  name: 'menu',
  title: 'fault menu',
  keys: [
    {
      keys: ['down', 'tab'],
      shown: '↓, Tab',
      group: 'break',
      short: 'next',
      about: 'the next fault, the next field; j in the list',
      act: moved(1),
    },
    {
      keys: ['up', 'shift+tab'],
      shown: '↑, Shift-Tab',
      group: 'break',
      about: 'the previous fault or field; k in the list',
      act: moved(-1),
    },
    {
      keys: ['right'],
      shown: '→',
      group: 'break',
      short: 'other',
      about: 'another target or value; in the list: its form',
      act: chosen(1),
    },
    { keys: ['left'], shown: '←', group: 'break', about: 'the previous target or value', act: chosen(-1) },
    {
      keys: ['return'],
      shown: 'Enter',
      group: 'break',
      short: 'go on',
      about: 'choose the fault; in its form: inject the fault',
      act: enter,
    },
    {
      keys: ['backspace'],
      shown: 'Backspace',
      group: 'break',
      about: 'delete the last character',
      act: edited((text) => [...text].slice(0, -1).join('')),
    },
    { keys: ['escape'], shown: 'Esc', group: 'break', short: 'back', about: 'back to the list, then out', act: back },
  ],
  others: 'always',
  onText: (state, _screen, text) => typedIn(state, text),
  place: 'body',
  lines: (state, menu, room) => filledTo(menuLines(state, menu, room), room.rows).map((line) => fitLine(line, room.width)),
};

/** In the list the letters that move elsewhere move here too; in the form they are letters. */
function typedIn(state: ViewState, text: string): ReturnType<KeyBinding['act']> {
  const moves: Readonly<Record<string, KeyBinding['act']>> = { j: moved(1), k: moved(-1), l: chosen(1) };
  if (openMenu(state)?.menu.form === undefined) return text === 'f' ? { type: 'back' } : moves[text]?.(state, text);
  return edited((value) => value + text)(state, text);
}

function menuLines(state: ViewState, menu: FaultMenu, room: Room): readonly Line[] {
  const { width, rows, theme } = room;
  const faults = faultsHere(state);
  const fault = faults[menu.at];
  const bottom =
    fault === undefined ? [] : menu.form === undefined ? aboutLines(fault, room) : formLines(fault, menu.form, { state, room });
  const listRows = Math.max(1, rows - 1 - bottom.length);
  const whole = faults.flatMap((each, at) => rowLines(each, { menu, at, theme, abouts: wrapped(each.about, width - ABOUT_INDENT) }));
  const toSee = fault === undefined || menu.form !== undefined ? [] : toSeeLines(fault, width);
  const first = Math.max(0, Math.min(menu.at - Math.floor(listRows / 2), faults.length - listRows));
  const list =
    whole.length <= listRows
      ? whole
      : faults.slice(first, first + listRows).flatMap((each, at) => rowLines(each, { menu, at: first + at, theme, abouts: [each.about] }));
  return [
    titleLine([span('what to break', 'muted')], width, theme),
    ...list,
    ...bottom,
    ...(whole.length + toSee.length <= listRows ? toSee : []),
  ];
}

interface RowOptions {
  readonly menu: FaultMenu;
  readonly at: number;
  readonly theme: Room['theme'];
  /** Lines of what it does. */
  readonly abouts: readonly string[];
}

function rowLines({ name }: Fault, { menu, at, theme, abouts }: RowOptions): readonly Line[] {
  const isChosen = at === menu.at;
  const [first = '', ...others] = abouts;
  const role = isChosen ? 'accent' : menu.form === undefined ? 'text' : 'muted';
  return [
    [span(isChosen ? `${theme.echo} ` : '  ', 'accent'), span(padTo(name, NAME_COLUMNS), role), span(first, 'muted')],
    ...others.map((line): Line => [span(' '.repeat(ABOUT_INDENT) + line, 'muted')]),
  ];
}

/** In full, whatever the list has room for. */
function aboutLines(fault: Fault, { width, theme }: Room): readonly Line[] {
  const { name, about } = fault;
  return [titleLine([span(name, 'accent')], width, theme), ...wrapped(about, width).map((line): Line => [span(line)])];
}

/** What to expect, before anything is broken. */
function toSeeLines({ toSee }: Fault, width: number): readonly Line[] {
  return wrapped(`To see: ${toSee}.`, width).map((line): Line => [span(line, 'muted')]);
}

interface FormOptions {
  readonly state: ViewState;
  readonly room: Room;
}

/** What Enter would refuse is told while it is typed, and stands out once it was refused. */
function formLines(fault: Fault, form: Form, { state, room: { width, theme } }: FormOptions): readonly Line[] {
  const tone = form.problem === undefined ? theme.tones.info : theme.tones.warning;
  const problem = form.problem ?? openProblem(fault, form, state);
  return [
    titleLine([span(fault.name, 'accent')], width, theme),
    ...toSeeLines(fault, width),
    ...form.fields.map((field, at) => fieldLine(field, { isFocused: at === form.at, theme })),
    ...(problem === undefined ? [[span(' ')]] : problemLines(problem, width, tone)),
  ];
}

function problemLines(problem: string, width: number, { mark, role }: Room['theme']['tones']['info']): readonly Line[] {
  return wrapped(problem, width - 2).map((line, at): Line => [span(`${at === 0 ? mark : ' '} ${line}`, role)]);
}

function fieldLine(
  { name, value, choices, required }: MenuField,
  { isFocused, theme }: { readonly isFocused: boolean; readonly theme: Room['theme'] },
): Line {
  const place = choices === undefined ? undefined : `${choices.indexOf(value) + 1} of ${choices.length}`;
  const shown =
    choices === undefined
      ? [span(value), span(isFocused ? theme.cursor : '', 'accent')]
      : [span(isFocused ? `${theme.arrows[0]} ${plain(value)} ${theme.arrows[1]}` : `  ${plain(value)}  `)];
  const empty = value === '' ? (name === 'for' ? ` ${UNTIL_HEALED}` : required ? ' must be given' : '') : '';
  return [
    span(isFocused ? `${theme.echo} ` : '  ', 'accent'),
    span(padTo(name, FIELD_COLUMNS), isFocused ? 'accent' : 'muted'),
    ...shown,
    span(empty, 'muted'),
    ...(place === undefined ? [] : [span(`  ${place}`, 'muted')]),
  ];
}
