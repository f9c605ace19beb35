/** What of a target this machine has: its program, its npm package, and their version. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { z } from 'zod';
import { OWN_TARGETS, type OwnTarget } from '../../targets/own-targets.ts';
import type { StartedTarget } from '../../targets/target.ts';
import { readPresets } from '../../targets/targets.ts';
import { isProgramHere, pathOf } from './program.ts';

type Variables = Parameters<typeof isProgramHere>[1];

export interface FoundPackage {
  readonly folder: string;
  readonly version: string;
}

/** `missing`: a sentence. */
export type Here = { readonly isHere: true; readonly version: string | undefined } | { readonly isHere: false; readonly missing: string };

const VERSION = /\d+(?:\.\d+)+/;
/** A program that does not answer is here all the same. */
const ANSWER_MS_MAX = 5_000;
const NODE = '<node>';
const manifest = z.object({ version: z.string() });

export interface PresetHere {
  readonly target: StartedTarget;
  readonly here: Here;
}

/** Of all presets that have a file, by their names. A program is asked once, however many presets it has. */
export async function findPresetsHere(folder: string, variables: Variables): Promise<readonly PresetHere[]> {
  const asked = new Map<string, Promise<Here>>();
  const once = (target: StartedTarget) => {
    const { build, command, version, package: name } = target.start;
    const key = JSON.stringify([build?.[0], command[0], version, name]);
    const here = asked.get(key) ?? findHere(target, variables);
    asked.set(key, here);
    return here;
  };
  const presets = await readPresets(folder);
  return Promise.all(presets.map(async (target) => ({ target, here: await once(target) })));
}

export interface OwnHere {
  readonly target: OwnTarget;
  /** Its version is that of its store; undefined: that is in memory. */
  readonly here: Here;
}

/** Of our own edge, each way in which it can stand there. */
export function findOwnHere(variables: Variables): Promise<readonly OwnHere[]> {
  const find = async (target: OwnTarget): Promise<Here> =>
    target.start === undefined ? { isHere: true, version: undefined } : findHere({ start: target.start }, variables);
  return Promise.all(OWN_TARGETS.map(async (target) => ({ target, here: await find(target) })));
}

interface Asked {
  readonly build?: readonly string[] | undefined;
  readonly command: readonly string[];
  readonly version?: readonly string[] | undefined;
  readonly package?: string | undefined;
}

/** Starts nothing but the question for its version. */
export async function findHere({ start }: { readonly start: Asked }, variables: Variables): Promise<Here> {
  const [program = ''] = start.command;
  const [asked = program] = start.version ?? [];
  const [builds = program] = start.build ?? [];
  for (const word of new Set([program, asked, builds]))
    if (word !== NODE && !(await isProgramHere(word, variables))) return { isHere: false, missing: `${word} is not on this machine` };
  if (start.package === undefined) return { isHere: true, version: await askVersion(start.version, variables) };
  const found = await findPackage(start.package);
  if (found === undefined) return { isHere: false, missing: missingPackage(start.package) };
  return { isHere: true, version: found.version };
}

export function missingPackage(name: string): string {
  return `the npm package ${name} is not in ${process.cwd()}, nor in a folder above`;
}

/** As `require` finds it from the folder the lab was started in, else beside the lab. */
export async function findPackage(
  name: string,
  from: readonly string[] = [process.cwd(), import.meta.dirname],
): Promise<FoundPackage | undefined> {
  const folders = from.flatMap((folder) => createRequire(join(folder, 'nobody.js')).resolve.paths(name) ?? []);
  for (const folder of new Set(folders)) {
    const place = join(folder, name);
    const version = await versionOf(place);
    if (version !== undefined) return { folder: place, version };
  }
  return undefined;
}

async function versionOf(folder: string): Promise<string | undefined> {
  try {
    return manifest.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))).version;
  } catch {
    return undefined;
  }
}

/** The first word of what it says that looks like one; undefined where it says none in time. */
function askVersion(words: readonly string[] | undefined, variables: Variables): Promise<string | undefined> {
  const [program, ...rest] = words ?? [];
  if (program === undefined) return Promise.resolve(undefined);
  const options = { env: { ...variables, PATH: pathOf(variables) }, timeout: ANSWER_MS_MAX, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve) => {
    execFile(program, rest, options, (_error, stdout, stderr) => resolve(VERSION.exec(`${stdout}\n${stderr}`)?.[0]));
  });
}
