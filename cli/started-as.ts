/**
 * The program as the person started it, so that every command it shows can be pasted. All texts say `edgesync-lab`;
 * where they leave the program the name becomes what was typed: `npx edgesync-lab`, `npm start --silent --` in a
 * checkout, `node dist/bin.js`.
 */
import { basename, isAbsolute, relative } from 'node:path';
import type { CliEnvironment } from './environment.ts';
import { toCommand } from './quote.ts';

const NAME = 'edgesync-lab';

/** In the order of the help. */
export const COMMAND_NAMES = [
  'run',
  'up',
  'status',
  'down',
  'heal',
  'fault',
  'races',
  'trace',
  'load',
  'analyze',
  'compare',
  'sim',
  'shrink',
  'doctor',
  'list',
  'validate',
  'schema',
  'mystery',
  'completion',
] as const;
export type CommandName = (typeof COMMAND_NAMES)[number];

/** Not what is part of a path or of another word, nor what only begins with its name. */
const SHOWN = new RegExp(`(?<![\\w./@-])(?:npx )?${NAME} (?=(?:${COMMAND_NAMES.join('|')})\\b)`, 'g');

/** npm says by its variables how it was called; without npm the path of the program does. */
export function startedAs(variables: CliEnvironment['variables'], script: string, folder: string): string {
  const { npm_command: command, npm_lifecycle_event: event = '', npm_package_name: ofPackage } = variables;
  if (command === 'exec') return `npx ${NAME}`;
  // Silent: npm's own words would come before the JSON.
  if (ofPackage === NAME && event === 'start') return 'npm start --silent --';
  if (ofPackage === NAME && event === 'dev') return 'npm run dev --silent --';
  if (script === '' || basename(script) === NAME) return NAME;
  const below = relative(folder, script);
  return toCommand(['node', below.startsWith('..') || isAbsolute(below) ? script : below]);
}

/** The commands of a text as they were typed. JSON is left as it is: programs read it. */
export function asTyped(text: string, program: string): string {
  return /^[[{]/.test(text) ? text : text.replaceAll(SHOWN, `${program} `);
}
