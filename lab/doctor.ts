/**
 * What a world needs of this machine, and what to do where it is not there. A new line is a function and an entry in
 * CHECKS.
 */
import { existsSync } from 'node:fs';
import { platformOf, type System } from './platforms.ts';
import { findBusyPorts, type WantedPort } from './worlds/embedded/ports.ts';

/** `missing`: a start would fail. `warning`: it would be slower, or might fail. */
export interface Diagnosis {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'missing';
  readonly says: string;
  /** null when there is nothing to do. */
  readonly remedy: string | null;
}

/** What is examined; what a check finds out by itself is not here. */
export interface Patient {
  readonly system: System;
  readonly nodeVersion: string;
  /** What this process may still take, in a container as well. */
  readonly memoryBytes: number;
  readonly ports: readonly WantedPort[];
  /** The main file of the package; undefined when it is not installed. */
  readonly pgliteFile: string | undefined;
  /** The empty cluster that the build leaves for PGlite. */
  readonly dumpFile: string;
  readonly docker: DockerFindings;
  /** undefined: not on this machine. */
  readonly compose: ComposeFinding | undefined;
  /** Of others, which can be raced. */
  readonly caches: readonly CacheFinding[];
  /** Without one, what is missing of it is only a warning: the embedded world needs none of it. */
  readonly needsDocker: boolean;
}

export type DockerFindings =
  /** No engine can be used: a sentence with the remedy. */
  | { readonly problem: string }
  | {
      readonly engine: string;
      /** `1.41`. */
      readonly apiVersion: string;
      readonly memoryProblem: string | undefined;
      readonly images: readonly ImageFinding[];
      /** Host ports that the project's own containers hold. */
      readonly ownPorts: readonly number[];
    };

export interface ComposeFinding {
  /** `docker compose` or `docker-compose`. */
  readonly command: string;
  /** As it says. */
  readonly version: string;
}

export interface CacheFinding {
  /** Of its preset. */
  readonly name: string;
  readonly isHere: boolean;
  /** undefined: it did not say. */
  readonly version: string | undefined;
  /** How its program is got. */
  readonly get: string | undefined;
}

export interface ImageFinding {
  readonly name: string;
  readonly isHere: boolean;
  /** From what comes with the program; else it is pulled. */
  readonly isBuilt: boolean;
  /** What it is made of, when it stands in for an official one. */
  readonly standIn: string | undefined;
}

type DoctorCheck = (patient: Patient) => Diagnosis | Promise<Diagnosis>;

export const NODE_OLDEST = '22.19';
/**
 * All processes together: 0.7 GB while a world serves, up to 1 GB for a moment at its start (measured, proportional set
 * size).
 */
const MEMORY_MB_NEEDED = 700;
const MEMORY_MB_AMPLE = 1_000;
const BYTES_PER_MB = 1_000_000;
/**
 * Docker 17.05: with it came the start period of health checks, and ARG before FROM, which builds the image of the
 * services.
 */
const ENGINE_API_OLDEST = '1.29';
/** Docker 20.10, the oldest one that all of this was run on. */
const ENGINE_API_TRIED = '1.41';
/** With it came `content` of `configs`, in which compose.yaml keeps the links and kafka-topics. */
const COMPOSE_OLDEST = '2.23.1';

const CHECKS: readonly DoctorCheck[] = [
  checkSystem,
  checkNode,
  checkMemory,
  checkPorts,
  checkPglite,
  checkDump,
  checkEngine,
  checkCompose,
  checkImages,
  checkCaches,
];

/** In the order of the table. */
export function examine(patient: Patient): Promise<Diagnosis[]> {
  return Promise.all(CHECKS.map((check) => check(patient)));
}

function ok(name: string, says: string): Diagnosis {
  return { name, state: 'ok', says, remedy: null };
}

/** Whether a version is that one or a later one, number by number. */
function isSince(version: string, oldest: string): boolean {
  const [numbers, oldestNumbers] = [version, oldest].map((text) => text.replace(/^v/, '').split('.').map(Number.parseFloat));
  for (const [at, needed] of (oldestNumbers ?? []).entries()) {
    const number = numbers?.[at] ?? 0;
    if (number !== needed) return number > needed;
  }
  return true;
}

function checkSystem({ system }: Patient): Diagnosis {
  const found = platformOf(system);
  const name = 'system';
  if (found === undefined)
    return { name, state: 'warning', says: `${system.platform} on ${system.arch}: the lab was never tried there`, remedy: 'use Linux' };
  const says = `${system.platform} on ${system.arch} (${found.name}), ${found.known}: ${found.says}`;
  if (found.known === 'tested') return ok(name, says);
  return { name, state: 'warning', says, remedy: found.known === 'by reading' ? null : 'use Linux, or Linux in WSL 2' };
}

function checkNode({ nodeVersion }: Patient): Diagnosis {
  const says = `Node ${nodeVersion}, needed ${NODE_OLDEST} or newer`;
  if (isSince(nodeVersion, NODE_OLDEST)) return ok('node', says);
  return { name: 'node', state: 'missing', says, remedy: 'npx --yes -p node@24 -p edgesync-lab -- edgesync-lab' };
}

function checkMemory({ memoryBytes }: Patient): Diagnosis {
  const megabytes = Math.floor(memoryBytes / BYTES_PER_MB);
  const says = `${megabytes} MB available; the embedded world takes about ${MEMORY_MB_NEEDED}, up to ${MEMORY_MB_AMPLE} while it starts`;
  if (megabytes >= MEMORY_MB_AMPLE) return ok('memory', says);
  const state = megabytes >= MEMORY_MB_NEEDED ? 'warning' : 'missing';
  return { name: 'memory', state, says, remedy: 'end other programs, or give this container or machine more' };
}

async function checkPorts({ ports }: Patient): Promise<Diagnosis> {
  const busy = await findBusyPorts(ports);
  if (busy !== undefined)
    return { name: 'ports', state: 'missing', says: busy, remedy: 'stop the program that holds the port, or use --ports auto' };
  const fixed = ports.filter(({ port }) => port !== 0).map(({ port, service }) => `${port} (${service})`);
  return ok('ports', fixed.length === 0 ? 'free ports are taken at the start' : `free: ${fixed.join(', ')}`);
}

function checkPglite({ pgliteFile }: Patient): Diagnosis {
  if (pgliteFile !== undefined && existsSync(pgliteFile)) return ok('postgres', 'PGlite, Postgres in WebAssembly, is installed');
  return { name: 'postgres', state: 'missing', says: 'the package @electric-sql/pglite is not installed', remedy: 'npm install' };
}

function checkDump({ dumpFile }: Patient): Diagnosis {
  if (existsSync(dumpFile)) return ok('database', 'the empty database that comes with the program is there');
  const says = 'the empty database that comes with the program is not there: each start makes one, which takes about 3 s longer';
  return { name: 'database', state: 'warning', says, remedy: 'npm run build in a checkout; elsewhere install the package again' };
}

function checkEngine({ docker, needsDocker }: Patient): Diagnosis {
  const state = needsDocker ? 'missing' : 'warning';
  if ('problem' in docker) {
    const [says = '', remedy = 'see "In Docker" in docs/configuration.md'] = docker.problem.split(/\. (?=[A-Z])/);
    return { name: 'engine', state, says, remedy };
  }
  if (!isSince(docker.apiVersion, ENGINE_API_TRIED)) return checkOldEngine(docker, state);
  if (docker.memoryProblem === undefined) return ok('engine', docker.engine);
  return { name: 'engine', state, says: docker.memoryProblem, remedy: 'give the engine more memory, or use --backend embedded' };
}

function checkOldEngine({ engine, apiVersion }: Extract<DockerFindings, { engine: string }>, missing: Diagnosis['state']): Diagnosis {
  const isTooOld = !isSince(apiVersion, ENGINE_API_OLDEST);
  const needed = isTooOld ? `needed ${ENGINE_API_OLDEST} (Docker 17.05) or newer` : `never tried below ${ENGINE_API_TRIED} (Docker 20.10)`;
  return {
    name: 'engine',
    state: isTooOld ? missing : 'warning',
    says: `${engine}, its API is ${apiVersion}, ${needed}`,
    remedy: 'install Docker 20.10 or newer, or use --backend embedded',
  };
}

/** The lab starts containers by itself, so nothing of it is missing without Compose. */
function checkCompose({ compose }: Patient): Diagnosis {
  if (compose === undefined) return ok('compose', 'Compose is not here; only commands of docker compose need it');
  const { command, version } = compose;
  const says = `${command} ${version}, compose.yaml needs ${COMPOSE_OLDEST} or newer`;
  // One built from its source says `dev`.
  if (!/^v?\d/.test(version) || isSince(version, COMPOSE_OLDEST)) return ok('compose', says);
  const remedy = 'install a newer one (https://docs.docker.com/compose/install), or use edgesync-lab up, which does not need Compose';
  return { name: 'compose', state: 'warning', says, remedy };
}

function checkImages({ docker }: Patient): Diagnosis {
  if ('problem' in docker)
    return { name: 'images', state: 'warning', says: 'not known without an engine', remedy: 'start an engine first' };
  const missing = docker.images.filter(({ isHere }) => !isHere);
  if (missing.length > 0) {
    const names = missing.map(({ name, isBuilt }) => `${name}${isBuilt ? ' (is built here)' : ''}`);
    return {
      name: 'images',
      state: 'warning',
      says: `not here: ${names.join(', ')}`,
      remedy: 'edgesync-lab up --backend docker fetches them',
    };
  }
  const standIns = docker.images.filter(({ standIn }) => standIn !== undefined);
  const named = standIns.map(({ name, standIn }) => `${name} is a stand-in (${standIn})`);
  return ok('images', [`all ${docker.images.length} are here`, ...named].join('; '));
}

/** A world needs none of them. */
function checkCaches({ caches }: Patient): Diagnosis {
  const here = caches.filter(({ isHere }) => isHere).map(({ name, version }) => (version === undefined ? name : `${name} ${version}`));
  const away = caches.filter(({ isHere }) => !isHere).map(({ name, get }) => (get === undefined ? name : `${name} (${get})`));
  const shown = here.length === 0 ? 'none' : here.join(', ');
  return ok('caches', `can be raced here: ${shown}${away.length === 0 ? '' : `; not here: ${away.join(', ')}`}`);
}
