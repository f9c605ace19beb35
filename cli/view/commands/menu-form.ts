/** The form of the fault menu: target, parameters, time; a field is chosen from what there is, or typed. */
import type { Fault } from '../../../lab/faults/fault.ts';
import type { FaultMenu, MenuField } from '../state/screen-state.ts';
import type { ViewState } from '../state/state.ts';
import { orderFault } from './faults.ts';
import { parametersOf, targetsOf } from './targets.ts';
import type { Done } from './word.ts';

const FIELD_MAX = 40;
const TARGET = 'target';
const FOR = 'for';

export type Form = NonNullable<FaultMenu['form']>;

export function formOf(fault: Fault, state: ViewState): Form {
  const targets = targetsOf(fault, state);
  const fields: readonly MenuField[] = [
    { name: TARGET, value: targets[0] ?? '', choices: targets, required: true },
    ...parametersOf(fault),
    ...(fault.lasts ? [{ name: FOR, value: '', choices: undefined, required: false }] : []),
  ];
  return { fields, at: 0, problem: undefined };
}

export function withField(form: Form, by: number): Form {
  return { ...form, at: (form.at + by + form.fields.length) % form.fields.length };
}

/** Another value of a field that has choices. */
export function withChoice(form: Form, by: number): Form {
  return changed(form, ({ value, choices }) => {
    if (choices === undefined || choices.length === 0) return value;
    return choices[(choices.indexOf(value) + by + choices.length) % choices.length] ?? value;
  });
}

/** What may be chosen is not typed. */
export function withText(form: Form, edit: (text: string) => string): Form {
  return changed(form, ({ value, choices }) => (choices === undefined ? edit(value).slice(0, FIELD_MAX) : value));
}

function changed(form: Form, toValue: (field: MenuField) => string): Form {
  const fields = form.fields.map((field, at) => (at === form.at ? { ...field, value: toValue(field) } : field));
  return { ...form, fields, problem: undefined };
}

export function orderOf(fault: Fault, { fields }: Form, state: ViewState): Done {
  const textOf = (name: string) => fields.find((field) => field.name === name)?.value.trim() ?? '';
  const given = fields.filter(({ name, value }) => name !== TARGET && name !== FOR && value.trim() !== '');
  const parameters = Object.fromEntries(given.map(({ name, value }) => [name, value.trim()]));
  const forText = textOf(FOR) === '' ? undefined : textOf(FOR);
  return orderFault({ fault: fault.name, target: textOf(TARGET), parameters, forText }, state);
}

/**
 * Why the form as it stands would be refused. undefined: it would not be, or a field that must be given is still empty.
 */
export function openProblem(fault: Fault, form: Form, state: ViewState): string | undefined {
  if (form.fields.some(({ required, value }) => required && value.trim() === '')) return undefined;
  const done = orderOf(fault, form, state);
  return 'problem' in done ? done.problem : undefined;
}
