/** What is said of a session of the terminal once the normal screen is back, and the exit code it ends with. */

import { EXIT, type ExitCode, worstOf } from '../lab/errors.ts';
import { plural } from '../lab/input/plural.ts';
import { printable } from '../lab/input/printable.ts';
import { type Backend, worldKind } from '../lab/worlds/worlds.ts';
import { toCommand } from './quote.ts';
import { ageText } from './view/draw/format.ts';
import { wrapped } from './view/draw/wrap.ts';
import type { FaultBand, ViewState } from './view/state/state.ts';
import type { TerminalEnded } from './view/terminal.ts';

/** More are counted. */
const FAULTS_NAMED_MAX = 6;
const RUNS_NAMED_MAX = 6;
const NAME_COLUMNS = 9;
const INDENT = 2;
/** Their text holds a command. */
const COMMAND_ROWS: ReadonlySet<string> = new Set(['left', 'again', 'shown by']);

export interface Left {
  readonly left: readonly string[];
  readonly backend: Backend | undefined;
  /** As it was named on the command line. */
  readonly project: string | undefined;
}

export function farewell({ by, left, state }: TerminalEnded, { project, hidden, columns }: FarewellOptions = {}): readonly string[] {
  if (by === 'abandoned') return abandonedLines({ left, backend: state.backend, project });
  if (by === 'lost' && state.backend === undefined) return [];
  const rows = [
    ['time', `${ageText(state.nowMs)}${state.backend === undefined ? ', before a world was up' : ` in the ${state.backend} world`}`],
    ['faults', faultsText(state)],
    ...(state.origin.metrics === undefined ? [] : [['writes', String(state.origin.metrics.requests.writes)]]),
    ...(state.ran.length === 0 ? [] : [['runs', ranText(state)]]),
    ['verdict', verdictText(state)],
    ['left', leftText(left, state.staysUp, project)],
    ...mysteryRows(state, hidden),
  ];
  return ['EdgeSync Lab', ...rows.flatMap(([name = '', text = '']) => rowLines(name, text, columns))];
}

/** A command is for pasting, and stays on its line. */
function rowLines(name: string, text: string, columns = Number.POSITIVE_INFINITY): readonly string[] {
  const [first = '', ...others] = COMMAND_ROWS.has(name) ? [printable(text)] : wrapped(text, columns - INDENT - NAME_COLUMNS);
  const blank = ' '.repeat(INDENT);
  return [`${blank}${name.padEnd(NAME_COLUMNS)}${first}`, ...others.map((line) => `${blank}${' '.repeat(NAME_COLUMNS)}${line}`)];
}

export interface FarewellOptions {
  /** As it was named on the command line. */
  readonly project?: string | undefined;
  /** Of a mystery: the command that hides the same bug again. */
  readonly hidden?: { readonly again: string } | undefined;
  /** Of the terminal; left out: lines are as long as they are. */
  readonly columns?: number | undefined;
}

/** What is known of it by now; whoever has not found it can go on with the same one. */
function mysteryRows({ mystery }: ViewState, hidden: FarewellOptions['hidden']): readonly (readonly string[])[] {
  if (mystery === undefined || hidden === undefined) return [];
  const again = ['again', hidden.again];
  const { answer } = mystery;
  if (answer === undefined) return [['bug', `not found yet, ${plural(mystery.wrong.length, 'wrong guess', 'wrong guesses')}`], again];
  const { name, about, wasFound, witness } = answer;
  return [
    ['bug', `${name}: ${about}${wasFound ? `, found after ${plural(mystery.wrong.length, 'wrong guess', 'wrong guesses')}` : ''}`],
    ...(witness === undefined
      ? []
      : [
          ['witness', `${witness.check}: ${witness.explain}`],
          ['shown by', witness.again],
        ]),
  ];
}

/** The screen was left before anything was healed. */
export function abandonedLines({ left, backend, project }: Left): readonly string[] {
  if (backend !== undefined && worldKind(backend).outlivesLab) {
    const [heal, down] = [commandFor('heal', project), commandFor('down', project)];
    return [`left at once: the cluster stays as it is. ${heal} heals the cluster, ${down} removes it`, ...left.map(printable)];
  }
  const services = 'left at once: the services of the world now end by themselves';
  return left.length === 0 ? [services] : [`${services}, and with them ${left.map(printable).join(', ')}`];
}

/** The worst that the session showed comes first. */
export function exitCodeFor({ by, left, state: { lost, verdict, ran } }: TerminalEnded): ExitCode {
  const codes: ExitCode[] = [];
  if (left.length > 0 && by !== 'abandoned') codes.push(EXIT.notHealed);
  if (by === 'lost') codes.push(lost?.exitCode ?? EXIT.failed);
  if (by === 'interrupt' || by === 'abandoned') codes.push(EXIT.interrupted);
  if (verdict?.state === 'violated') codes.push(EXIT.violated);
  // One that was stopped from here interrupted nothing but itself.
  codes.push(...Object.values(EXIT).filter((code) => code !== EXIT.interrupted && ran.some(({ exitCode }) => exitCode === code)));
  return worstOf(codes);
}

function faultsText({ faultsSeen, bands, nowMs }: ViewState): string {
  if (faultsSeen === 0) return 'none injected';
  const nameOf = ({ fault, target, fromMs, toMs }: FaultBand) => `${fault} ${target} for ${ageText((toMs ?? nowMs) - fromMs)}`;
  const named = bands.slice(0, FAULTS_NAMED_MAX).map(nameOf);
  const more = faultsSeen - named.length;
  return `${plural(faultsSeen, 'fault')} injected: ${[...named, ...(more > 0 ? [`${more} more`] : [])].join(', ')}`;
}

function verdictText({ verdict }: ViewState): string {
  if (verdict === undefined) return 'nothing was judged';
  if (verdict.state === 'violated') return `${plural(verdict.violations, 'answer')} older than faults and delays allow`;
  if (verdict.state === 'unknown') return `unknown: ${verdict.reason}`;
  return 'no violation seen: no answer was older than faults and delays allow';
}

function ranText({ ran }: ViewState): string {
  const named = ran.slice(-RUNS_NAMED_MAX).map(({ id, verdict }) => `${id} ${verdict}`);
  return `${ran.length > named.length ? `${ran.length - named.length} before, ` : ''}${named.join(', ')}`;
}

function leftText(left: readonly string[], staysUp: boolean, project: string | undefined): string {
  if (left.length > 0) return `could not heal: ${left.join(', ')}`;
  if (!staysUp) return 'nothing: everything healed and stopped';
  return `everything healed; the cluster still runs, ${commandFor('down', project)} removes it`;
}

function commandFor(word: 'heal' | 'down', project: string | undefined): string {
  return toCommand(['edgesync-lab', word, ...(project === undefined ? [] : ['--project', project])]);
}
